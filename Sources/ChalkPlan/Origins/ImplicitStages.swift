/// Stages that no FROM begins: images and contexts that a COPY, a mount or a FROM names. They are numbered after
/// those of the definition, each once.
struct ImplicitStages {
    /// What such a stage is.
    enum Origin: Hashable {
        case empty
        case image(ImageSource)
        /// All files of a context.
        case files(name: String, FileOperation.Source)

        init(_ context: NamedContext, named name: String) {
            switch context {
            case .empty: self = .empty
            case .image(let source): self = .image(source)
            case .tree(let tree):
                self = .files(name: name, .selection(FileOperation.Selection(["/"], of: tree)))
            case .file(let download): self = .files(name: name, .download(download, unpacks: false))
            }
        }
    }

    /// The number of the first.
    let first: Int
    private var origins: [Origin] = []

    init(first: Int) { self.first = first }

    /// The number after the last.
    var end: Int { first + origins.count }

    /// What the stage of a number is; nil for those of the definition.
    func origin(of index: Int) -> Origin? {
        origins.indices.contains(index - first) ? origins[index - first] : nil
    }

    /// The number of the stage that is `origin`, which gets one when it has none.
    mutating func index(of origin: Origin) -> Int {
        if let known = origins.firstIndex(of: origin) { return first + known }
        origins.append(origin)
        return end - 1
    }
}
