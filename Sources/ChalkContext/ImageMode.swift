package import ChalkSystem

/// Permission bits as they land in an image: 0755 for directories and where the owner may execute, 0777 for links, else
/// 0644.
package enum ImageMode {
    /// Those of an entry with this status.
    package static func of(_ status: FileStatus) -> UInt32 { of(status.kind, status.mode) }

    /// Those of an entry of a kind with these bits.
    package static func of(_ kind: FileStatus.Kind, _ mode: UInt32) -> UInt32 {
        switch kind {
        case .directory: 0o755
        case .link: 0o777
        default: mode & 0o100 != 0 ? 0o755 : 0o644
        }
    }
}
