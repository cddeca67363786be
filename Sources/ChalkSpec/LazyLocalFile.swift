/// A local file that is mounted when the container starts.
package struct LazyLocalFile: Hashable, Sendable {
    /// Absolute host path.
    package let src: String
    /// Absolute path in the container.
    package let dest: String
    /// Permission bits; nil as for `LocalFile`.
    package let mode: UInt32?
    /// The directory of the `addLocalDir` call that brought it; nil for `addLocalFile`.
    package let mountRoot: String?

    package init(src: String, dest: String, mode: UInt32?, mountRoot: String?) {
        self.src = src
        self.dest = dest
        self.mode = mode
        self.mountRoot = mountRoot
    }

    /// Where its volume is mounted.
    package var mountDirectory: String { mountRoot ?? ImagePath.parent(of: dest) }
}

extension ImageSpec {
    /// The lazy files of the spec, sorted by destination and source; equal ones once. A directory to archive counts
    /// as one file, `archive.tar` below its destination, whose source is the directory.
    package func lazyLocalFiles(_ listing: LocalDirListing) throws(SpecError) -> [LazyLocalFile] {
        // What a listing gives is in order already, so sorting all of it costs little.
        var files: [LazyLocalFile] = []
        for (index, step) in steps.enumerated() {
            let place = step.origin.jsonPath ?? "steps[\(index)].\(step.name)"
            switch step.kind {
            case .addLocalFile(let file) where file.strategy == .volume:
                files.append(LazyLocalFile(src: file.src, dest: file.dest, mode: file.mode, mountRoot: nil))
            case .addLocalDir(let dir) where dir.strategy == .volume && dir.archive:
                let dest = ImagePath.child(VolumeGroups.archiveName, of: dir.dest)
                files.append(LazyLocalFile(src: dir.src, dest: dest, mode: nil, mountRoot: dir.dest))
            case .addLocalDir(let dir) where dir.strategy == .volume:
                let listed: [ListedFile]
                do {
                    listed = try listing(dir)
                } catch let error as SpecError {
                    throw SpecError(error.code, at: place, error.problem)
                } catch {
                    throw SpecError(.unreadable, at: place, "cannot list \(quoted(dir.src)): \(error)")
                }
                for file in listed {
                    guard let name = String(validating: file.path, as: UTF8.self) else {
                        throw SpecError(
                            .unsupported, at: place,
                            "the name \(quoted(String(decoding: file.path, as: UTF8.self))) is not UTF-8, which a "
                                + "volume cannot hold; exclude the file, rename it, or use strategy \"copy\"")
                    }
                    let dest = ImagePath.child(name, of: dir.dest)
                    files.append(LazyLocalFile(src: file.source, dest: dest, mode: nil, mountRoot: dir.dest))
                }
            default: break
            }
        }
        return files.sorted(by: VolumeGroups.precedes).reduce(into: []) { unique, file in
            // Swift's own equality takes some different bytes of names for the same.
            guard let last = unique.last, last.mode == file.mode, !VolumeGroups.precedes(last, file) else {
                return unique.append(file)
            }
        }
    }
}
