import ChalkImage

/// What a name means where both images and containers have names.
enum NamedThing {
    case image, container

    /// Which of both has a name. Where both have it, it is looked at the container, as Docker does, and somebody must
    /// say what is to be removed.
    ///
    /// - Parameter type: what was said; nil for nothing.
    static func find(
        _ name: String, in store: ImageStore, type: String?, command: String
    ) throws -> NamedThing {
        switch type {
        case "image": return .image
        case "container":
            _ = try store.container(name)
            return .container
        case nil: break
        case let other?:
            throw UsageError("--type is image or container, not \"\(other)\"", command: command)
        }
        guard let container = try? store.container(name) else { return .image }
        let isImage = (try? store.inspect(name)) != nil
        guard isImage else { return .container }
        // An ID that an image's name begins with is a coincidence.
        if container.name != name, container.id != name { return .image }
        if command == "inspect" { return .container }
        throw UsageError(
            "\"\(name)\" is an image and a container; say --type image or --type container", command: command)
    }
}
