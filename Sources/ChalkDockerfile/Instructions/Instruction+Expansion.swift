extension Instruction {
    /// The instruction with its variables replaced, in exactly the fields where BuildKit replaces them:
    ///
    /// - ENV, LABEL: names and values. ARG: values; a build takes `Argument.expandedDefault` instead, one by
    ///   one.
    /// - FROM: the base and `--platform` (give it the values of the ARGs before the first FROM).
    /// - COPY, ADD: sources, destination, `--chown`, `--chmod`, `--checksum`; bodies of unquoted
    ///   here-documents, in which quotes mean nothing. Not `--from`, `--exclude`.
    /// - EXPOSE: its words, which may become several. VOLUME, USER, WORKDIR, STOPSIGNAL.
    /// - RUN: the options of `--mount` only.
    ///
    /// ENV sees the values from before the instruction, also for its second name.
    ///
    /// - Throws: `.expansion` for a malformed reference or `${name:?…}`; `.value` for what the result cannot
    ///   be.
    package func expanding(
        with lookup: @escaping (String) -> String?, escape: EscapeCharacter = .backslash
    ) throws(DockerfileError) -> Instruction {
        let expander = WordExpander(lexer: WordLexer(escape: escape), lookup: lookup)
        switch self {
        case .from(let payload): return .from(try payload.expanding(expander))
        case .arg(let payload): return .arg(try payload.expanding(expander))
        case .run(let payload): return .run(try payload.expanding(expander))
        case .copy(let payload): return .copy(try payload.expanding(expander))
        case .add(let payload): return .add(try payload.expanding(expander))
        case .env(let payload): return .env(try payload.expanding(expander))
        case .label(let payload): return .label(try payload.expanding(expander))
        case .expose(let payload): return .expose(try payload.expanding(expander))
        case .volume(let payload): return .volume(try payload.expanding(expander))
        case .user(let payload): return .user(try payload.expanding(expander))
        case .workdir(let payload): return .workdir(try payload.expanding(expander))
        case .stopSignal(let payload): return .stopSignal(try payload.expanding(expander))
        case .healthcheck, .shell, .entrypoint, .cmd, .onbuild, .maintainer: return self
        }
    }
}

/// What the payloads use to expand their fields.
struct WordExpander {
    let lexer: WordLexer
    let lookup: (String) -> String?

    func word(_ source: String) throws(DockerfileError) -> String {
        try lexer.word(source, lookup: lookup).text
    }

    func word(_ source: String?) throws(DockerfileError) -> String? {
        guard let source else { return nil }
        let expanded = try word(source)
        return expanded.isEmpty ? nil : expanded
    }

    func words(in source: String) throws(DockerfileError) -> [String] {
        try lexer.words(source, lookup: lookup)
    }

    func each(_ sources: [String]) throws(DockerfileError) -> [String] {
        var result: [String] = []
        for source in sources { result.append(try word(source)) }
        return result
    }

    /// A here-document's body: quotes are text, and the escape character is the backslash, whatever the file
    /// says.
    func body(_ content: [UInt8]) throws(DockerfileError) -> [UInt8] {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw DockerfileError(
                .heredoc,
                "the here-document is not valid UTF-8 and cannot be expanded; "
                    + "quote its delimiter to keep it as is"
            )
        }
        let lexer = WordLexer(options: .init(ignoresQuotes: true))
        return Array(try lexer.word(text, lookup: lookup).text.utf8)
    }
}
