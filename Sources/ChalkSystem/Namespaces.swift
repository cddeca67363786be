internal import CLinux
internal import Glibc

/// What a process sees of the machine. Everything here is about the calling process and wants it to have one thread.
package enum Namespaces {
    /// Kinds of namespaces; see `namespaces(7)`.
    package struct Kinds: OptionSet, Sendable {
        /// The bits for `unshare(2)`.
        package let rawValue: Int32
        /// Kinds from bits.
        package init(rawValue: Int32) { self.rawValue = rawValue }
        package static let mounts = Kinds(rawValue: Int32(linux_CLONE_NEWNS))
        package static let users = Kinds(rawValue: Int32(linux_CLONE_NEWUSER))
        /// The next child is the first process of the new one.
        package static let processes = Kinds(rawValue: Int32(linux_CLONE_NEWPID))
    }

    /// Leaves the given namespaces for new ones.
    package static func unshare(_ kinds: Kinds) throws(SystemError) {
        if linux_unshare(kinds.rawValue) != 0 { throw .last("make namespaces") }
    }

    /// Enters the namespaces of another process, of those kinds only in which it is not with this one. The next child
    /// is in its process namespace.
    ///
    /// - Parameter directory: `/proc/ID/ns` of that process, open.
    package static func enter(_ directory: borrowing FileDescriptor) throws(SystemError) {
        let own = try FileDescriptor.directory("/proc/self/ns")
        // All are opened first: the paths mean something else once the mounts are others.
        var kinds: [FileStream] = []
        for name in ["user", "mnt", "pid_for_children"] {
            let there = try directory.open(name == "pid_for_children" ? "pid" : name)
            let mine = try own.open(name)
            if try there.status().inode != mine.status().inode { kinds.append(FileStream(there)) }
        }
        for kind in kinds where linux_enter_namespace(kind.descriptor) != 0 {
            throw .last("enter a namespace")
        }
        withExtendedLifetime(kinds) {}
    }

    /// Takes user and group 0 of the user namespace and drops every other group.
    package static func becomeRoot() throws(SystemError) {
        if linux_become_root() != 0 { throw .last("become root of the user namespace") }
    }
}
