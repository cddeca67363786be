import ChalkImage
import ChalkOCI

/// `chalk-image images`.
enum ImagesCommand: Command {
    static let syntax = CommandSyntax(
        name: "images", summary: "List the images of the store", operands: "", operandCount: 0...0,
        flags: [.init("json", help: "one JSON document")])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let images = try surroundings.store(arguments).images()
        if arguments.isSet("json") {
            StandardStream.output.write(JSON.array(images.map(\.json)).pretty() + "\n")
            return
        }
        let rows =
            [["NAME", "IMAGE ID", "DIGEST", "LAYERS", "SIZE"]]
            + images.map {
                [
                    $0.name, $0.imageID?.short ?? "", $0.manifest.digest.short,
                    $0.layerCount.map(String.init) ?? "", HumanSize.bytes($0.size),
                ]
            }
        StandardStream.output.write(TextTable.text(rows))
    }
}

/// `chalk-image inspect`.
enum InspectCommand: Command {
    static let syntax = CommandSyntax(
        name: "inspect", summary: "Show an image's manifest and config, or a container",
        operands: "REF|CONTAINER", operandCount: 1...1,
        flags: [
            .init("json", help: "one JSON document"),
            .init("type", value: "image|container", help: "of what, where both have the name"),
        ])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let (store, name) = (try surroundings.store(arguments), arguments.operands[0])
        if try NamedThing.find(name, in: store, type: arguments["type"], command: "inspect") == .container {
            let document = try store.containerDocument(name) ?? .null
            return StandardStream.output.write(document.pretty() + "\n")
        }
        let image = try store.inspect(name)
        StandardStream.output.write(
            arguments.isSet("json") ? image.json.pretty() + "\n" : ImageText.text(image))
    }
}

/// `chalk-image tag`.
enum TagCommand: Command {
    static let syntax = CommandSyntax(
        name: "tag", summary: "Give an image more names", operands: "REF NAME...", operandCount: 2...Int.max,
        flags: [])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let names = try arguments.operands.dropFirst().map { try Reference($0) }
        try surroundings.store(arguments).tag(arguments.operands[0], as: names)
    }
}

/// `chalk-image rm`.
enum RemoveCommand: Command {
    static let syntax = CommandSyntax(
        name: "rm", summary: "Take names of images away, or remove containers that have ended",
        operands: "REF|CONTAINER...", operandCount: 1...Int.max,
        flags: [
            .init("force", "f", help: "kill a container that runs first"),
            .init("type", value: "image|container", help: "of what, where both have the name"),
        ])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let store = try surroundings.store(arguments)
        for name in arguments.operands {
            if try NamedThing.find(name, in: store, type: arguments["type"], command: "rm") == .container {
                try store.performRemoveContainer(name, force: arguments.isSet("force"))
                StandardStream.output.write(name + "\n")
                continue
            }
            for removed in try store.remove(name) { StandardStream.output.write("removed \(removed)\n") }
        }
    }
}
