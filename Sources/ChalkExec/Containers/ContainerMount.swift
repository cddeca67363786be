/// Something mounted into a container, below its root.
package struct ContainerMount: Hashable, Sendable {
    /// What is seen there.
    package enum Source: Hashable, Sendable {
        /// Unpacked layers as one tree, nearest first, as ``Snapshot/directories`` has them. What the container
        /// changes there is its own and goes with it.
        case layers([String])
        /// A directory of the host, absolute. What the container changes there stays.
        case directory(String)
    }

    /// What is seen there.
    package let source: Source
    /// Where: an absolute path inside, not the root.
    package let destination: String
    /// Whether the container can change nothing there.
    package let isReadOnly: Bool

    /// A mount from its parts.
    package init(_ source: Source, on destination: String, isReadOnly: Bool = false) {
        self.source = source
        self.destination = destination
        self.isReadOnly = isReadOnly
    }
}

/// Where directories come from that containers use while they run and that must be given back: volumes.
///
/// A container notes in its state what it is going to attach before it does. Its supervisor detaches at the end; where
/// that was killed, or the machine was restarted, whoever looks at the containers next does it. So each call may come
/// once more, or for the other's call that never came or was cut in the middle.
package protocol LiveDirectories: Sendable {
    /// The directory called `name`, ready to be mounted, for one holder.
    ///
    /// - Parameter holder: the container's ID; the same one once more gets the same directory.
    /// - Returns: an absolute path of the host.
    func attach(_ name: String, holder: String) throws -> String

    /// Says that the holder has ended: keeps what it has changed. No error where it has attached nothing.
    func detach(_ name: String, holder: String) throws
}
