package import ChalkSystem

/// The bytes of a blob, which can be opened again and from any place, since uploads go on where they were cut.
package struct BlobContent {
    let open: (Int64) throws -> any ByteSource

    /// Content from a closure.
    ///
    /// - Parameter open: gives a source of all bytes from an offset on.
    package init(from open: @escaping (_ offset: Int64) throws -> any ByteSource) {
        self.open = open
    }

    /// Content that can be opened at its start only: what lies before an offset is read and left out.
    package init(whole: @escaping () throws -> any ByteSource) {
        self.init { offset in
            let source = try whole()
            return offset == 0 ? source : TailSource(source, after: offset)
        }
    }
}

/// A source without its first bytes.
private final class TailSource: ByteSource {
    private let source: any ByteSource
    private var skip: Int64

    init(_ source: any ByteSource, after skip: Int64) {
        self.source = source
        self.skip = skip
    }

    func read(into buffer: inout [UInt8]) throws -> Int {
        while true {
            let got = try source.read(into: &buffer)
            let left = Int64(got) - skip
            if got == 0 || skip == 0 { return got }
            if left > 0 {
                buffer.replaceSubrange(0..<Int(left), with: buffer[Int(skip)..<got])
                skip = 0
                return Int(left)
            }
            skip -= Int64(got)
        }
    }
}
