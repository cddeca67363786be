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
    private var places: [String?] = []

    init(first: Int) { self.first = first }

    /// The number after the last.
    var end: Int { first + origins.count }

    /// What the stage of a number is; nil for those of the definition.
    func origin(of index: Int) -> Origin? {
        origins.indices.contains(index - first) ? origins[index - first] : nil
    }

    /// Where the stage of a number was named first.
    func place(of index: Int) -> String? {
        places.indices.contains(index - first) ? places[index - first] : nil
    }

    /// The number of the stage that is `origin`, which gets one when it has none.
    mutating func index(of origin: Origin, at place: String?) -> Int {
        if let known = origins.firstIndex(of: origin) { return first + known }
        origins.append(origin)
        places.append(place)
        return end - 1
    }
}
