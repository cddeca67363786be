internal import ChalkDockerfile
internal import ChalkSpec

/// What the wire form can say of a Dockerfile.
enum ImageDockerfileHead {
    /// The base and the instructions of a Dockerfile with one stage, without ARG before FROM, platform and `# escape`;
    /// nil for any other base. Comments and blank lines between instructions go.
    static func read(_ base: BaseImage) throws(SpecError) -> DockerfileHead? {
        guard case .dockerfile(let source) = base else { return nil }
        let dockerfile: Dockerfile
        do throws(DockerfileError) {
            dockerfile = try Dockerfile.parse(source.contents, name: source.path)
        } catch {
            throw SpecError(.invalid, at: "dockerfile", error.description)
        }
        guard dockerfile.stages.count == 1, let stage = dockerfile.stages.first, dockerfile.metaArgs.isEmpty,
            stage.platform == nil, dockerfile.escape == .backslash
        else { return nil }
        var commands: [String] = []
        for element in dockerfile.syntax.elements {
            guard case .instruction(let syntax) = element.kind, syntax != stage.opening.syntax else {
                continue
            }
            var text = dockerfile.bytes[element.bytes]
            while let last = text.last, last == 0x0A || last == 0x0D { text = text.dropLast() }
            commands.append(String(decoding: text, as: UTF8.self))
        }
        return DockerfileHead(baseImage: stage.baseName, commands: commands)
    }
}
