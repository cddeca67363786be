internal import ChalkOCI
internal import ChalkSystem

extension RegistryRules {
    /// Most bytes of a file of rules.
    private static let limit = 1 << 20

    /// The rules of a user: the file that `CHALK_IMAGE_REGISTRIES` names, else the first of
    /// `$XDG_CONFIG_HOME/chalk-image/registries.json` (`~/.config/…`) and `/etc/chalk-image/registries.json`.
    package init(environment: [String: String]) throws {
        if let path = environment["CHALK_IMAGE_REGISTRIES"], !path.isEmpty {
            try self.init(file: path)
            return
        }
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.config" : nil }
        let configuration = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
        let places = [configuration, "/etc"].compactMap { $0 }.map { "\($0)/chalk-image/registries.json" }
        for place in places where try FileSystem.statusIfPresent(place) != nil {
            try self.init(file: place)
            return
        }
        self.init()
    }

    /// The rules in a file.
    ///
    /// - Throws: ``RegistryError`` (`invalidRequest`) that names the file and the place in it.
    package init(file path: String) throws {
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.read(path, limit: RegistryRules.limit)
        } catch {
            throw RegistryError(.invalidRequest, "cannot read the rules for registries: \(error)")
        }
        do {
            self.init(try RegistryRules.rules(try JSON.parse(bytes)))
        } catch let error as OCIError {
            throw RegistryError(.invalidRequest, "the rules for registries in \(path) are \(error)")
        } catch let wrong as Wrong {
            throw RegistryError(
                .invalidRequest, "the rules for registries in \(path) are wrong: \(wrong.words)")
        }
        file = path
    }

    private struct Wrong: Error {
        let words: String
    }

    private static func rules(_ json: JSON) throws -> [Rule] {
        let members = try Members(json, "the file", known: ["registry"])
        var rules: [Rule] = []
        for (index, item) in try members.list("registry").enumerated() {
            let rule = try rule(item, "registry[\(index)]")
            if rules.contains(where: { $0.prefix == rule.prefix }) {
                throw Wrong(words: "\"\(PlainText.clean(rule.prefix))\" stands there twice")
            }
            rules.append(rule)
        }
        return rules
    }

    private static func rule(_ json: JSON, _ place: String) throws -> Rule {
        let members = try Members(
            json, place, known: ["prefix", "location", "insecure", "blocked", "mirror"])
        let location = try members.text("location")
        guard let prefix = try members.text("prefix") ?? location else {
            throw Wrong(words: "\(place) says neither prefix nor location")
        }
        for text in [prefix, location].compactMap({ $0 }) {
            try check(text, place, mayBeWild: text == prefix)
        }
        return Rule(
            prefix: prefix, location: location, isInsecure: try members.truth("insecure"),
            isBlocked: try members.truth("blocked"),
            mirrors: try members.list("mirror").enumerated().map { index, item in
                let place = "\(place).mirror[\(index)]"
                let members = try Members(item, place, known: ["location", "insecure"])
                guard let location = try members.text("location") else {
                    throw Wrong(words: "\(place) says no location")
                }
                try check(location, place, mayBeWild: false)
                return Mirror(location: location, isInsecure: try members.truth("insecure"))
            })
    }

    /// A host, perhaps with a path; `*.` before it where that may be.
    private static func check(_ text: String, _ place: String, mayBeWild: Bool) throws {
        let name = mayBeWild && text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
        let host = name.prefix { $0 != "/" }
        let path = name.dropFirst(host.count)
        let isHost = Origin(authority: host, isSecure: true) != nil
        guard isHost, path.isEmpty || (try? Reference("a.b\(path)")) != nil else {
            throw Wrong(
                words: "\(place): \"\(PlainText.clean(text))\" is not HOST[:PORT][/PATH], without a scheme")
        }
    }

    /// The members of an object, none of them unknown.
    private struct Members {
        let json: JSON
        let place: String

        init(_ json: JSON, _ place: String, known: [String]) throws {
            guard let members = json.members else { throw Wrong(words: "\(place) is no JSON object") }
            if let other = members.first(where: { !known.contains($0.name) }) {
                throw Wrong(
                    words: "\(place) says \"\(PlainText.clean(other.name))\", which is not known: it can say "
                        + known.joined(separator: ", "))
            }
            self.json = json
            self.place = place
        }

        func text(_ name: String) throws -> String? {
            guard let value = json[name] else { return nil }
            guard let text = value.string else { throw Wrong(words: "\(place).\(name) is no text") }
            return text
        }

        func truth(_ name: String) throws -> Bool {
            guard let value = json[name] else { return false }
            guard let truth = value.bool else {
                throw Wrong(words: "\(place).\(name) is neither true nor false")
            }
            return truth
        }

        func list(_ name: String) throws -> [JSON] {
            guard let value = json[name] else { return [] }
            guard let list = value.array else { throw Wrong(words: "\(place).\(name) is no list") }
            return list
        }
    }
}
