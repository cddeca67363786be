/// Something about volumes that works, but likely not as meant.
package struct VolumeWarning: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// A step runs while the image is built and cannot see a lazy file that was added before it.
        case notVisible
        /// A volume covers a file that the image holds.
        case hidden
    }

    package let kind: Kind
    /// JSON path of the step that it is about.
    package let path: String
    /// The lazy destination.
    package let destination: String

    package var description: String {
        switch kind {
        case .notVisible:
            "\(path): runs while the image is built and cannot see \(quoted(destination)), which is mounted only "
                + "when the container starts; use strategy \"copy\" if it needs it"
        case .hidden:
            "\(path): the volume at \(quoted(destination)) will hide this file of the image; use strategy "
                + "\"copy\" for both, or another directory"
        }
    }
}

extension ImageSpec {
    /// What a reader of this spec should be told about its volumes, in the order of the steps. Looks at no file.
    package var volumeWarnings: [VolumeWarning] {
        var lazy: [String] = []
        var warnings: [VolumeWarning] = []
        let roots = steps.compactMap(\.volumeRoot)
        for (index, step) in steps.enumerated() {
            let path = step.origin.jsonPath ?? "steps[\(index)].\(step.name)"
            if let destination = step.lazyDestination {
                lazy.append(destination)
            } else if step.mayReadFiles, let first = lazy.first {
                warnings.append(VolumeWarning(kind: .notVisible, path: path, destination: first))
            } else if let dest = step.bakedDestination,
                let root = roots.first(where: { $0 == dest || ImagePath.lies(dest, below: $0) })
            {
                warnings.append(VolumeWarning(kind: .hidden, path: path, destination: root))
            }
        }
        return warnings
    }
}

extension BuildStep {
    fileprivate var lazyDestination: String? {
        switch kind {
        case .addLocalFile(let file) where file.strategy == .volume: file.dest
        case .addLocalDir(let dir) where dir.strategy == .volume: dir.dest
        default: nil
        }
    }

    fileprivate var volumeRoot: String? {
        switch kind {
        case .addLocalFile(let file) where file.strategy == .volume: ImagePath.parent(of: file.dest)
        case .addLocalDir(let dir) where dir.strategy == .volume: dir.dest
        default: nil
        }
    }

    /// Where the step puts files into the image itself.
    fileprivate var bakedDestination: String? {
        switch kind {
        case .addFile(let file): file.destination
        case .addLocalFile(let file) where file.strategy == .copy: file.dest
        case .addLocalDir(let dir) where dir.strategy == .copy: dir.dest
        default: nil
        }
    }

    /// Whether the step may look at files that earlier steps added. Installs by package name do not.
    fileprivate var mayReadFiles: Bool {
        switch kind {
        case .runCommands, .dockerfileCommands, .uvSync, .unknown: true
        case .pipInstall(let packages), .uvPipInstall(let packages):
            packages.contains { [".", "/", "-e", "-r", "-c"].contains(where: $0.hasPrefix) }
        default: false
        }
    }
}
