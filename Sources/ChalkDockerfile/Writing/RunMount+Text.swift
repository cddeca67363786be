extension RunMount {
    /// The value of a `--mount` flag that reads back as this mount; values are final.
    package var text: String {
        var fields = ["type=\(kind.rawValue)"]
        let words = [
            ("from", from), ("source", source), ("target", target), ("id", id),
            ("sharing", sharing?.rawValue),
            ("env", environmentName),
        ]
        for (key, value) in words {
            guard let value else { continue }
            fields.append("\(key)=\(QuotedWord.escaping(value, "\"'$\\"))")
        }
        if isReadOnly != RunMount(kind: kind).isReadOnly {
            fields.append(isReadOnly ? "readonly" : "readwrite")
        }
        if sizeLimit != 0 { fields.append("size=\(sizeLimit)") }
        if isRequired { fields.append("required") }
        if let mode { fields.append("mode=0" + String(mode, radix: 8)) }
        if let uid { fields.append("uid=\(uid)") }
        if let gid { fields.append("gid=\(gid)") }
        return fields.map(Self.commaField).joined(separator: ",")
    }

    private static func commaField(_ field: String) -> String {
        guard field.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" }) else { return field }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }
}

extension RunMountFlag {
    /// A flag for a mount that is not taken from a text.
    package init(_ mount: RunMount) {
        self.init(mount, text: mount.text)
    }
}
