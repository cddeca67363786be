package import ChalkOCI

extension Secret {
    /// Names and paths, so that what was started can be started again; there is no value to be written.
    package var json: JSON {
        switch source {
        case .localVariable(let name, let shown):
            .object(present: [("localVariable", .string(name)), ("as", .string(shown))])
        case .localFile(let path): .object(present: [("localFile", .string(path))])
        case .named(let name, let alias, let prefix):
            .object(present: [
                ("name", .string(name)), ("as", alias.map { .string($0) }),
                ("prefix", prefix.isEmpty ? nil : .string(prefix)),
            ])
        case .integration(let name, let keys, let aliases, let prefix):
            .object(present: [
                ("integration", .string(name)), ("keys", keys.map { .strings($0) }),
                ("aliases", aliases.isEmpty ? nil : .stringMap(aliases)),
                ("prefix", prefix.isEmpty ? nil : .string(prefix)),
            ])
        }
    }

    /// A secret from its JSON; nil for what is none.
    package init?(json: JSON) {
        let prefix = json["prefix"]?.string ?? ""
        if let name = json["localVariable"]?.string {
            self.init(.localVariable(name, as: json["as"]?.string ?? name))
        } else if let path = json["localFile"]?.string {
            self.init(.localFile(path))
        } else if let name = json["name"]?.string {
            self.init(.named(name, alias: json["as"]?.string, prefix: prefix))
        } else if let name = json["integration"]?.string {
            self.init(
                .integration(
                    name, keys: json["keys"]?.strings, aliases: json["aliases"]?.stringMap ?? [:],
                    prefix: prefix))
        } else {
            return nil
        }
    }

    /// What it says of itself to people: `env=KEY`, `file=.env`.
    package var title: String {
        switch source {
        case .localVariable(let name, let shown): name == shown ? "env=\(name)" : "env=\(name),as=\(shown)"
        case .localFile(let path): "file=\(path)"
        case .named(let name, let alias, let prefix):
            "name=\(name)" + (alias.map { ",as=\($0)" } ?? "") + (prefix.isEmpty ? "" : ",prefix=\(prefix)")
        case .integration(let name, _, _, _): "integration=\(name)"
        }
    }
}
