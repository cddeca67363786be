internal import ChalkSpec
internal import ChalkSystem

/// Where COPY and ADD of Dockerfile instructions find their sources.
struct BuildContext {
    /// Where the context is; nil where there is none.
    let directory: String?
    private let dockerfile: String?

    init(_ image: Image, _ options: BuildOptions) {
        if case .dockerfile(let source) = image.spec.base {
            dockerfile = source.path
            directory = options.contextDirectory ?? PathText.parent(of: source.path)
        } else {
            dockerfile = nil
            directory = options.contextDirectory
        }
    }

    /// The files that the context offers.
    func tree() throws -> HostTree {
        guard let directory else {
            throw ChalkError(
                .invalidInput,
                "there is no build context to copy from: the spec has no Dockerfile; use addLocalFile or addLocalDir"
            )
        }
        return try HostTree(directory, HostTree.Rules(dockerfile: dockerfile))
    }
}
