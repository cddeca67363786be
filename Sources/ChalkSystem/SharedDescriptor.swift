/// An open file that several hold; it is closed when the last one lets go.
package final class SharedDescriptor: Sendable {
    private let file: FileDescriptor

    /// Takes over a descriptor.
    package init(_ file: consuming FileDescriptor) { self.file = file }

    /// The descriptor's number, borrowed.
    package var raw: Int32 { file.raw }

    /// Writes every byte.
    package func write(_ bytes: [UInt8]) throws(SystemError) { try file.write(bytes) }
}
