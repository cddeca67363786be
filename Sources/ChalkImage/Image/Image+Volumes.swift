internal import ChalkSpec

/// A local file that is mounted when the container starts.
public struct LazyLocalFile: Hashable, Sendable {
    /// Absolute host path.
    public let src: String
    /// Absolute path in the container.
    public let dest: String
    /// Permission bits; nil is 0755 when the owner may execute the source, else 0644.
    public let mode: UInt32?
    /// Where the `addLocalDir` call that brought it goes; nil for a file of `addLocalFile`.
    public let mountRoot: String?

    /// A lazy file from its parts.
    public init(src: String, dest: String, mode: UInt32? = nil, mountRoot: String? = nil) {
        self.src = src
        self.dest = dest
        self.mode = mode
        self.mountRoot = mountRoot
    }

    init(_ file: ChalkSpec.LazyLocalFile) {
        self.init(src: file.src, dest: file.dest, mode: file.mode, mountRoot: file.mountRoot)
    }
}

extension Image {
    /// The files that are mounted when the container starts. Directories are walked at this call.
    public var lazyLocalFiles: Set<LazyLocalFile> {
        get throws(ChalkError) {
            let files = try ChalkError.checking { () throws(SpecError) in
                try spec.lazyLocalFiles(LocalTree.files(of:))
            }
            return Set(files.map { LazyLocalFile($0) })
        }
    }

    /// Checks that no lazy file needs a volume at `/`. Looks at no file.
    public func validateLazyLocalFilesForVolumeMounts() throws(ChalkError) {
        try ChalkError.checking { () throws(SpecError) in try VolumeGroups.validate(spec) }
    }

    /// The lazy files by the directory that their volume is mounted at: those of one `addLocalDir` call together,
    /// those of `addLocalFile` by parent directory. Each list is sorted by destination.
    public func lazyLocalFilesGroupedForVolumeMounts() throws(ChalkError) -> [String: [LazyLocalFile]] {
        let groups = try ChalkError.checking { () throws(SpecError) in
            try VolumeGroups(spec, listing: LocalTree.files(of:)).groups
        }
        return Dictionary(
            uniqueKeysWithValues: groups.map { ($0.mountDirectory, $0.files.map { LazyLocalFile($0) }) })
    }

    /// What likely is not meant: steps that cannot see lazy files, volumes that hide files of the image. One sentence
    /// each.
    public var volumeWarnings: [String] {
        spec.volumeWarnings.map(\.description)
    }
}
