import ChalkImage
import ChalkOCI
import ChalkSystem

/// What the user's configuration file sets: `$XDG_CONFIG_HOME/chalk-image/config.json`, else below `~/.config`.
/// Flags override it; the library never reads it.
struct Configuration {
    private static let limit = 64 << 10

    /// How new layers are compressed; nil where the file does not say.
    private(set) var compression: BuildOptions.Compression?
    /// Who knows secrets by name; nil where the file does not say.
    private(set) var secrets: SecretOrigin?

    /// The configuration of the user; an empty one where there is no file.
    ///
    /// - Throws: ``ChalkError`` that names the file, for one that is not understood in every part.
    static func read(_ surroundings: Surroundings) throws -> Configuration {
        var configuration = Configuration()
        guard let path = path(surroundings.environment), try FileSystem.statusIfPresent(path) != nil else {
            return configuration
        }
        func wrong(_ what: String) -> ChalkError {
            ChalkError(.invalidInput, "the configuration \(path) \(what)")
        }
        let json: JSON
        do {
            json = try JSON.parse(FileSystem.read(path, limit: limit))
        } catch let error as OCIError {
            throw wrong("is \(error.description)")
        }
        guard let members = json.members else { throw wrong("is no JSON object") }
        for member in members {
            switch member.name {
            case "compression":
                guard let text = member.value.string else {
                    throw wrong("says compression, but not as a text")
                }
                configuration.compression = try CompressionArgument.read(text) {
                    wrong("is wrong: compression \($0)")
                }
            case "secrets":
                guard let origin = SecretOrigin(json: member.value) else {
                    throw wrong(
                        #"says secrets, but neither as {"directory": PATH} nor as {"command": [WORD, …]}"#)
                }
                configuration.secrets = origin
            default:
                throw wrong(
                    "says \"\(member.name)\", which is not known: it can say compression and secrets")
            }
        }
        return configuration
    }

    private static func path(_ environment: ProcessEnvironment) -> String? {
        if let home = environment["XDG_CONFIG_HOME"], home.hasPrefix("/") {
            return "\(home)/chalk-image/config.json"
        }
        if let home = environment["HOME"], home.hasPrefix("/") {
            return "\(home)/.config/chalk-image/config.json"
        }
        return nil
    }
}

extension SecretOrigin {
    fileprivate init?(json: JSON) {
        guard let members = json.members, members.count == 1 else { return nil }
        if let path = json["directory"]?.string, path.hasPrefix("/") {
            self = .directory(path)
        } else if let words = json["command"]?.strings, words.first?.isEmpty == false {
            self = .command(words)
        } else {
            return nil
        }
    }
}
