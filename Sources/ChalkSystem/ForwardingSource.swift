/// A source that hands everything that is read from it to a sink as well.
package final class ForwardingSource: ByteSource {
    private let source: any ByteSource
    private let sink: any ByteSink

    /// A source in front of another.
    package init(_ source: any ByteSource, to sink: any ByteSink) {
        self.source = source
        self.sink = sink
    }

    package func read(into buffer: inout [UInt8]) throws -> Int {
        let got = try source.read(into: &buffer)
        if got > 0 { try sink.write(buffer[..<got]) }
        return got
    }
}
