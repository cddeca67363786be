internal import ChalkContext
internal import ChalkSystem

/// Another implementation of ignore rules, started once for each case.
struct ConformanceCommand {
    /// What it said.
    struct Outcome {
        /// By path, true for ignored.
        var verdicts: [[UInt8]: Bool] = [:]
        /// What is wrong with its output.
        var trouble: String?
        /// How it ended, where that was not with 0.
        var ending: String?

        /// Whether it ended with something else than 0.
        var hasFailed: Bool { ending != nil }
    }

    /// For the shell; options and the directory are added at its end.
    let line: String
    /// `NAME=value`.
    let environment: [String]

    private static let limit = 256 << 20
    /// What a shell ends with when it cannot start something.
    private static let notStarted: Set<Int32> = [126, 127]

    /// Runs it on a case that is laid out in `directory`.
    ///
    /// - Throws: ``ChalkError`` (`invalidInput`) when it cannot be started at all.
    func run(_ one: IgnoreCorpusCase, in directory: String) throws -> Outcome {
        var words = ["sh", "-c", line + " \"$@\"", "sh"].map { Array($0.utf8) }
        for entry in one.exclude { words += [Array("--exclude".utf8), entry] }
        words.append(Array(directory.utf8))
        let input = try FileDescriptor.open("/dev/null")
        let output = try MemoryFile.holding([])
        let errors = try MemoryFile.holding([])
        let child = try ChildProcess.spawn(
            "/bin/sh", arguments: words, environment: environment,
            descriptors: [.init(input.raw, as: 0), .init(output.raw, as: 1), .init(errors.raw, as: 2)],
            session: .shared)
        let end = child.wait()
        withExtendedLifetime(input) {}
        try output.seek(to: 0)
        try errors.seek(to: 0)
        var outcome = Outcome()
        let bytes = try output.readToEnd(limit: ConformanceCommand.limit)
        let said = try errors.readToEnd(limit: ConformanceCommand.limit).split(separator: 0x0A).last
        let last = said.map { ": " + ContextError.show(Array($0)) } ?? ""
        if !end.isSuccess { outcome.ending = "the command ended with \(end.shellStatus)\(last)" }
        if ConformanceCommand.notStarted.contains(end.shellStatus), bytes.isEmpty {
            throw ChalkError(.invalidInput, "cannot start the command \(line)\(last)")
        }
        for record in bytes.split(separator: 0) {
            guard record.count > 2, record[record.startIndex + 1] == 0x09,
                let isIgnored = verdict(record[record.startIndex])
            else {
                outcome.trouble =
                    "\(ContextError.show(Array(record))) is no record: I or K, a TAB, a path, a NUL"
                break
            }
            outcome.verdicts[Array(record.dropFirst(2))] = isIgnored
        }
        return outcome
    }

    private func verdict(_ letter: UInt8) -> Bool? {
        switch letter {
        case UInt8(ascii: "I"): true
        case UInt8(ascii: "K"): false
        default: nil
        }
    }
}
