/// The rules for the parts of a spec that are not steps. Errors name the field as JSON spells it.
enum SpecRules {
    /// A base reference: not empty, one word. A stage name that the SDK leaves behind the reference is dropped.
    static func baseImage(_ reference: String) throws(SpecError) -> String {
        let words = reference.utf8.split { $0 == 0x20 || $0 == 0x09 }
            .map { String(decoding: $0, as: UTF8.self) }
        guard let first = words.first else {
            throw SpecError(
                .invalid, at: "baseImage",
                "is empty; name an image, such as \"python:3.12-slim-bookworm\", or \"scratch\"")
        }
        let isNamedStage = words.count == 3 && words[1].lowercased() == "as"
        guard words.count == 1 || isNamedStage,
            !first.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F })
        else {
            throw SpecError(
                .invalid, at: "baseImage",
                "\(quoted(reference)) is not an image reference: it holds white space")
        }
        return first
    }

    /// The reference of `debianSlim`.
    static func debianSlim(_ version: String) throws(SpecError) -> String {
        let allowed = version.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0)
                || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        guard !version.isEmpty, allowed, version.utf8.first.map({ (0x30...0x39).contains($0) }) == true else {
            throw SpecError(
                .invalid, at: "debianSlim",
                "\(quoted(version)) is not a Python version tag; give one such as \"3.12\"")
        }
        return "python:\(version)-slim-bookworm"
    }

    static func envName(_ name: String) throws(SpecError) {
        guard !name.isEmpty else {
            throw SpecError(.invalid, at: "env", "a variable has an empty name")
        }
        guard !name.utf8.contains(UInt8(ascii: "=")) else {
            throw SpecError(.invalid, at: "env", "the name \(quoted(name)) holds \"=\"")
        }
        guard !name.utf8.contains(0) else {
            throw SpecError(.invalid, at: "env", "the name \(quoted(name)) holds a NUL byte")
        }
    }

    static func env(_ variables: [String: String]) throws(SpecError) {
        for name in variables.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            try envName(name)
            guard variables[name]?.utf8.contains(0) != true else {
                throw SpecError(.invalid, at: "env", "the value of \(quoted(name)) holds a NUL byte")
            }
        }
    }

    static func workdir(_ path: String) throws(SpecError) -> String {
        try ImagePath.directory(path, at: "workdir")
    }

    /// The words of an entrypoint or cmd.
    static func exec(_ words: [String], at field: String) throws(SpecError) {
        for (index, word) in words.enumerated() where word.utf8.contains(0) {
            throw SpecError(.invalid, at: "\(field)[\(index)]", "holds a NUL byte")
        }
        if field == "entrypoint", words.first?.isEmpty == true {
            throw SpecError(.invalid, at: "entrypoint[0]", "is empty; the first word is the program to start")
        }
    }

    /// Permission bits.
    static func mode(_ mode: UInt32?, at field: String) throws(SpecError) {
        guard let mode, mode > 0o7777 else { return }
        throw SpecError(
            .invalid, at: field,
            "\(mode) is not a file mode; it lies between 0 and 0o7777 (decimal 4095)")
    }
}
