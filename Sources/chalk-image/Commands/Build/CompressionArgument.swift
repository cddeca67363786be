import ChalkImage

/// What `--compression` and the configuration file say: `gzip`, `zstd` or `none`, with a level behind.
enum CompressionArgument {
    /// The compression that a text means.
    ///
    /// - Parameter wrong: makes the error of a sentence.
    static func read(_ text: String, wrong: (String) -> any Error) throws -> BuildOptions.Compression {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard ["gzip", "zstd", "none", "uncompressed"].contains(parts[0]) else {
            throw wrong("is gzip, zstd or none, not \"\(parts[0])\"")
        }
        var level: Int?
        for part in parts.dropFirst() {
            let name = String(part.prefix { $0 != "=" })
            guard name == "level", let number = Int(part.dropFirst(name.count + 1)) else {
                throw wrong("is TYPE[,level=N], not \"\(text)\"")
            }
            if level != nil { throw wrong("has one level, not two as in \"\(text)\"") }
            level = number
        }
        switch parts[0] {
        case "gzip":
            let level = try checked(level, 0...9, "gzip", wrong)
            return level.map { .gzip(level: $0) } ?? .defaultGzip
        case "zstd":
            let level = try checked(level, 1...19, "zstd", wrong)
            return level.map { .zstd(level: $0) } ?? .defaultZstd
        default:
            if level != nil { throw wrong("none has no level, as in \"\(text)\"") }
            return .none
        }
    }

    /// The form of eStargz of a compression, which must be gzip where the command line names it.
    static func estargz(
        isNamed: Bool, _ compression: BuildOptions.Compression, _ wrong: (String) -> any Error
    ) throws -> BuildOptions.Compression {
        if case .gzip(let level) = compression { return .estargz(level: level) }
        if isNamed { throw wrong("--estargz is a form of gzip: leave --compression out or say gzip") }
        return .defaultEstargz
    }

    private static func checked(
        _ level: Int?, _ range: ClosedRange<Int>, _ type: String, _ wrong: (String) -> any Error
    ) throws -> Int? {
        if let level, !range.contains(level) {
            throw wrong("takes levels \(range.lowerBound) to \(range.upperBound) for \(type), not \(level)")
        }
        return level
    }
}
