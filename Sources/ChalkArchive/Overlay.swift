/// How overlayfs marks what hides: a character device 0/0 is a whiteout, an attribute `…overlay.opaque` with
/// the value `y` makes a directory opaque (Linux, Documentation/filesystems/overlayfs).
package enum Overlay: Hashable, Sendable {
    /// `trusted.overlay.*`: mounts of the privileged.
    case trusted
    /// `user.overlay.*`: mounts with the option `userxattr`.
    case user

    /// The attributes that a mount option of that name selects.
    package init(userXattr: Bool) { self = userXattr ? .user : .trusted }

    var prefix: String { self == .trusted ? "trusted.overlay." : "user.overlay." }

    var opaque: LayerEntry.Attribute {
        LayerEntry.Attribute(name: Array((prefix + "opaque").utf8), value: [UInt8(ascii: "y")])
    }

    /// Whether an attribute belongs to overlayfs in either kind of mount.
    static func owns(_ name: [UInt8]) -> Bool {
        name.starts(with: "trusted.overlay.".utf8) || name.starts(with: "user.overlay.".utf8)
    }
}
