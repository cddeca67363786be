/// An open file that several hold; it is closed when the last one lets go.
package final class SharedDescriptor: Sendable {
    private let file: FileDescriptor

    /// Takes over a descriptor.
    package init(_ file: consuming FileDescriptor) { self.file = file }

    /// The descriptor's number, borrowed.
    package var raw: Int32 { file.raw }

    /// Reads at most `count` bytes; none at the end.
    package func read(upTo count: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = try file.read(into: &bytes)
        return Array(bytes[..<got])
    }

    /// Writes every byte.
    package func write(_ bytes: [UInt8]) throws(SystemError) { try file.write(bytes) }
}
