internal import Glibc

/// Mounts of this process' mount namespace.
package enum Mount {
    /// How something is mounted; see `mount(2)`.
    package struct Flags: OptionSet, Sendable {
        /// The bits for `mount(2)`.
        package let rawValue: UInt
        /// Flags from bits.
        package init(rawValue: UInt) { self.rawValue = rawValue }
        package static let readOnly = Flags(rawValue: 1)
        package static let noSetUID = Flags(rawValue: 2)
        package static let noDevices = Flags(rawValue: 4)
        package static let noExecution = Flags(rawValue: 8)
        /// Changes how something is mounted that is mounted already.
        package static let remount = Flags(rawValue: 32)
        package static let bind = Flags(rawValue: 4096)
        package static let recursive = Flags(rawValue: 16384)
        /// Neither gives mounts to its peers nor takes any from them.
        package static let isolated = Flags(rawValue: 1 << 18)
    }

    /// Mounts `source` on `target`; `options` are the file system's own.
    package static func mount(
        _ source: String, on target: String, type: String, _ flags: Flags, options: String = ""
    ) throws(SystemError) {
        let from = try source.terminated(for: "mount")
        let place = try target.terminated(for: "mount")
        let kind = try type.terminated(for: "mount")
        let data = try options.terminated(for: "mount")
        if unsafe Glibc.mount(from, place, kind, flags.rawValue, data) != 0 {
            throw .last("mount \(type.isEmpty ? source : type) on", target)
        }
    }

    /// Takes a mount out of the tree; it ends when its last user does.
    package static func detach(_ target: String) throws(SystemError) {
        let place = try target.terminated(for: "unmount")
        if unsafe umount2(place, Int32(MNT_DETACH)) != 0 { throw .last("unmount", target) }
    }
}
