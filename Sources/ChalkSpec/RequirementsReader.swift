/// Reads requirements files the way pip does, as far as it can be done without running anything.
struct RequirementsReader {
    /// Bounds on what one call reads: bytes in all, files in all, includes inside includes.
    static let byteLimit = 8 << 20
    static let fileLimit = 1000
    static let depthLimit = 32

    /// Where included files are read; nil when there are none to read.
    private let location: SpecLocation?
    /// The files being read, outermost first.
    private var stack: [String] = []
    private var bytesRead = 0
    private var filesRead = 0
    private var options: [String] = []
    private var requirements: [String] = []
    private var constraints: [String] = []
    private var seen: [Bool: Set<String>] = [:]

    init(location: SpecLocation?) {
        self.location = location
    }

    var result: Requirements {
        Requirements(options: options, requirements: requirements, constraints: constraints)
    }

    mutating func read(file path: String, asConstraints: Bool, in location: SpecLocation) throws(SpecError) {
        if let loop = stack.firstIndex(of: path) {
            let way = (stack[loop...] + [path]).map { quoted($0) }.joined(separator: " -> ")
            throw SpecError(.conflict, at: "", "the file includes itself: \(way)")
        }
        guard stack.count < Self.depthLimit, filesRead < Self.fileLimit else {
            throw SpecError(
                .tooLarge, at: "",
                "the includes reach \(quoted(path)) more than \(Self.depthLimit) deep or after "
                    + "\(Self.fileLimit) files")
        }
        let bytes = try location.read(path, limit: Self.byteLimit - bytesRead)
        filesRead += 1
        bytesRead += bytes.count
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SpecError(.invalid, at: "", "\(quoted(path)) is not UTF-8 text")
        }
        stack.append(path)
        let place = String(quoted(path).dropFirst().dropLast())
        for line in RequirementsText.lines(text) {
            do throws(SpecError) {
                try take(line.text, asConstraints: asConstraints)
            } catch {
                // An error from an included file names its own line; the includes before it would only add noise.
                if error.path.isEmpty, !isLocated(error) {
                    throw SpecError(
                        error.code, at: "", "\(place):\(line.number): \(error.problem)", line: line.number)
                }
                throw error
            }
        }
        stack.removeLast()
    }

    mutating func read(lines: [String], asConstraints: Bool) throws(SpecError) {
        for line in RequirementsText.lines(lines.joined(separator: "\n")) {
            do throws(SpecError) {
                try take(line.text, asConstraints: asConstraints)
            } catch {
                throw SpecError(error.code, at: "[\(line.number - 1)]", error.problem)
            }
        }
    }

    private func isLocated(_ error: SpecError) -> Bool { error.line != nil }

    private mutating func take(_ line: String, asConstraints: Bool) throws(SpecError) {
        guard !line.utf8.contains(0) else { throw SpecError(.invalid, at: "", "the line holds a NUL byte") }
        let (requirement, optionText) = RequirementsText.parted(line)
        var words = RequirementsText.words(optionText)[...]
        guard requirement.isEmpty else {
            try Self.refuseLocal(requirement)
            var whole = requirement
            while let option = try RequirementsOption.next(&words) {
                guard option.meaning == .ofRequirement else {
                    throw SpecError(
                        .invalid, at: "",
                        "\(option.name) cannot stand behind a requirement; give it its own line")
                }
                whole += " " + option.name + "=" + Self.word(option.value)
            }
            if asConstraints {
                if seen[true, default: []].insert(whole).inserted { constraints.append(whole) }
            } else if seen[false, default: []].insert(whole).inserted {
                requirements.append(whole)
            }
            return
        }
        while let option = try RequirementsOption.next(&words) {
            switch option.meaning {
            case .requirements: try include(option.value, asConstraints: false)
            case .constraints: try include(option.value, asConstraints: true)
            case .flag: options.append(option.name)
            case .value: options.append(option.name + " " + Self.word(option.value))
            case .url:
                try Self.refuseLocal(url: option)
                options.append(option.name + " " + Self.word(option.value))
            case .editable:
                throw SpecError(
                    .unsupported, at: "",
                    "\(option.name) installs from a local project, which is not in the build; copy it with "
                        + "addLocalDir and install it with runCommands")
            case .ofRequirement:
                throw SpecError(
                    .invalid, at: "", "\(option.name) belongs behind a requirement, on the same line")
            }
        }
    }

    private mutating func include(_ path: String, asConstraints: Bool) throws(SpecError) {
        guard !path.utf8.isEmpty else {
            throw SpecError(.invalid, at: "", "the name of the included file is empty")
        }
        guard let location else {
            throw SpecError(.unsupported, at: "", "an inlined line cannot include \(quoted(path))")
        }
        let isURL = ["http:", "https:", "file:"].contains { path.lowercased().hasPrefix($0) }
        guard !isURL else {
            throw SpecError(
                .unsupported, at: "", "it includes a URL; only files can be inlined, so download it first")
        }
        let absolute = LocalPath.joined(LocalPath.parent(of: stack.last ?? "/"), path)
        try read(file: absolute, asConstraints: asConstraints, in: location)
    }

    /// An option's value as pip cuts words again: quoted when it must be.
    private static func word(_ value: String) -> String {
        let plain =
            !value.isEmpty
            && !value.utf8.contains { RequirementsText.isSpace($0) || "'\"\\".utf8.contains($0) }
        return plain ? value : ShellQuoting.quote(value)
    }

    private static func refuseLocal(_ requirement: String) throws(SpecError) {
        let lowered = requirement.lowercased()
        let head = requirement.utf8.prefix { !RequirementsText.isSpace($0) && $0 != UInt8(ascii: ";") }
        let text = String(decoding: head, as: UTF8.self).lowercased()
        let isURL = text.contains("://") && !text.hasPrefix("file:")
        let isArchive = [".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar"].contains {
            text.hasSuffix($0)
        }
        let isPath = text.hasPrefix(".") || text.hasPrefix("~") || text.contains("/") || isArchive
        let isFile = ["file:", "@file:", "@ file:", "+file:"].contains { lowered.contains($0) }
        guard isFile || (isPath && !isURL) else { return }
        throw SpecError(
            .unsupported, at: "",
            "\(quoted(String(text))) is a local path, which is not in the build; copy it with addLocalFile or "
                + "addLocalDir and install it with runCommands")
    }

    private static func refuseLocal(url option: RequirementsOption) throws(SpecError) {
        let value = option.value.lowercased()
        let isRemote = value.contains("://") && !value.hasPrefix("file:") || value.hasPrefix("${")
        guard !isRemote else { return }
        throw SpecError(
            .unsupported, at: "",
            "\(option.name) names a local path, which is not in the build; give a URL, or install with runCommands"
        )
    }
}
