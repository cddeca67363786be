package import ChalkSystem

/// One entry that a walk came across.
package struct ContextEntry: Hashable, Sendable {
    /// Components from the root with `/` between them; bytes as they are on disk.
    package let path: [UInt8]
    /// By `lstat`: a link is a link, whatever it points to.
    package let kind: FileStatus.Kind
    /// What `lstat` said; nil where the walk was not asked for it.
    package let status: FileStatus?
    /// What a link says; nil for anything else, and where the walk was not asked for statuses.
    package let linkTarget: [UInt8]?

    /// An entry from its parts.
    package init(path: [UInt8], kind: FileStatus.Kind, status: FileStatus? = nil, linkTarget: [UInt8]? = nil)
    {
        self.path = path
        self.kind = kind
        self.status = status
        self.linkTarget = linkTarget
    }
}
