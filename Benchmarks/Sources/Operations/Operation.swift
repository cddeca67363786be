/// What is measured.
enum Operation: String, Codable, CaseIterable, Hashable {
    case startup, cold, unchanged, oneFile, append, push, repush, pull

    /// For people.
    var title: String {
        switch self {
        case .startup: "start-up"
        case .cold: "cold"
        case .unchanged: "nothing changed"
        case .oneFile: "one 4 KB file changed"
        case .append: "one byte appended"
        case .push: "push"
        case .repush: "push again"
        case .pull: "pull and unpack"
        }
    }

    /// What exactly a peer does, one sentence.
    var meaning: String {
        switch self {
        case .startup: "The program says its version."
        case .cold: "The tree becomes a layer on `scratch`; nothing was built before."
        case .unchanged: "The same build again."
        case .oneFile: "The same build after one file of 4 KB was rewritten."
        case .append: "The same build after one byte was added to one large file."
        case .push: "The image goes to a registry on this machine, into a repository that is empty."
        case .repush: "The same image goes there again."
        case .pull: "An image of one layer, one gzip stream, becomes a directory, from an empty store."
        }
    }

    /// Whose time the others are compared with: the first of these that was measured.
    func references(level: Int) -> [String] {
        switch self {
        case .startup: [StaticProgram.title]
        case .cold: [TarPipe.title("pigz", level), ByHand.title]
        case .unchanged: [GitStatus.title, ByHand.title]
        case .oneFile: [Buildah.title, ChalkImage.title(.gzip)]
        case .append: [ReadAndHash.title]
        case .push, .repush: [Umoci.title, ChalkImage.title(.gzip)]
        case .pull: [GzipTar.title]
        }
    }
}
