internal import ChalkSpec

extension ImageSpec {
    /// Destinations of files that are mounted when the container starts, in the order of the steps.
    var lazyDestinations: [String] {
        steps.compactMap { step in
            switch step.kind {
            case .addLocalFile(let file) where file.strategy == .volume: file.dest
            case .addLocalDir(let dir) where dir.strategy == .volume: dir.dest
            default: nil
            }
        }
    }
}
