import ChalkContext
import ChalkTestSupport
import Testing

/// Damaged and random bytes in every profile: an answer or an error, the same one twice, and never a crash.
///
/// `CHALK_FUZZ_CASES` and `CHALK_SEED` make longer and other runs.
@Suite struct FuzzTests {
    private static let cases = setting("CHALK_FUZZ_CASES") ?? 4_000
    private static let spice =
        bytes("*?[]!^-\\/#\n\r :.{},|()$+") + [0, 0x80, 0xC3, 0xA9, 0xEF, 0xBB, 0xBF, 0xFF]
    private static let words = [
        "**/", "/**", "[[:alpha:]]", "[^]", "{2,}", "{1000}", "\\d", "(a)", "!", "[a-",
    ].map(bytes)

    @Test func mutatedFilesAndPaths() throws {
        var random = SeededGenerator(seed: testSeed)
        let donors = (0..<50).map { _ in RandomTree(&random) }
        var answers = 0
        for _ in 0..<FuzzTests.cases {
            let content = FuzzTests.content(random.pick(donors), &random)
            let path = FuzzTests.path(&random)
            let isDirectory = random.chance(30)
            for profile in IgnoreProfile.allCases {
                let name = bytes(profile == .docker ? ".dockerignore" : ".gitignore")
                func answer() -> Result<IgnoreVerdict, ContextError> {
                    Result { () throws(ContextError) in
                        try IgnoreRules(profile: profile, files: [(name, content)])
                            .verdict(for: path, isDirectory: isDirectory)
                    }
                }
                let first = answer()
                #expect(first == answer(), "seed \(testSeed): \(content) on \(path), \(profile)")
                if case .success = first { answers += 1 }
            }
        }
        #expect(answers > FuzzTests.cases * 2, "seed \(testSeed)")
    }

    private static func content(_ donor: RandomTree, _ random: inout SeededGenerator) -> [UInt8] {
        var content = random.chance(50) ? donor.pattern(&random) : []
        for _ in 0..<random.number(1...12) {
            let place = random.number(0...content.count)
            switch random.number(0...5) {
            case 0 where place < content.count: content.remove(at: place)
            case 1: content.insert(UInt8(random.number(0...255)), at: place)
            case 2: content.insert(contentsOf: random.pick(words), at: place)
            case 3: content.insert(contentsOf: content.prefix(40), at: place)
            default: content.insert(random.pick(spice), at: place)
            }
        }
        return content
    }

    private static func path(_ random: inout SeededGenerator) -> [UInt8] {
        let bytes = spice.filter { $0 != 0 } + [0x61, 0x61, 0x62, 0x2F, 0x2F]
        return (0..<random.number(1...12)).map { _ in random.pick(bytes) }
    }

    /// What would never end in a matcher that tries every way to place the stars, or that copies what counts ask for.
    @Test(arguments: IgnoreProfile.allCases) func pathologicalPatterns(profile: IgnoreProfile) throws {
        func ignores(_ pattern: String, _ path: String) throws -> Bool {
            let file = bytes(profile == .docker ? ".dockerignore" : ".gitignore")
            let rules = try IgnoreRules(profile: profile, files: [(file, bytes(pattern))])
            return try rules.verdict(for: bytes(path), isDirectory: false).isIgnored
        }
        let long = String(repeating: "a", count: 1_000)
        let stars = String(repeating: "*a", count: 40)
        let deep = Array(repeating: "a", count: 200).joined(separator: "/")
        #expect(try !ignores("*a*a*a*a*a*a*b", String(repeating: "a", count: 10_000)))
        #expect(try !ignores("*a*a*a*a*a*a*b*", long))
        #expect(try !ignores(stars + "b*c", long + "c"))
        #expect(try ignores(stars + "b*c", long + "bc"))
        #expect(try !ignores("x/\(stars)b", "x/" + long))
        #expect(try !ignores("*" + String(repeating: "a", count: 100) + "b*", long))
        #expect(try !ignores(String(repeating: "**/a/", count: 50) + "b", deep))
        #expect(try !ignores(String(repeating: "**/", count: 100) + "b", deep))
        #expect(try !ignores(String(repeating: "*/**/", count: 50) + "b", deep))
        #expect(try !ignores("**/*a*a*a*a*a*a*b", deep))
        #expect(try !ignores(String(repeating: "?", count: 20_000), long))
        #expect(try !ignores(String(repeating: "[!b]", count: 5_000) + "*", "aaaa"))
        #expect(try !ignores(String(repeating: "[a-z]*", count: 30) + "0", long))
        #expect(try ignores("[" + String(repeating: "a-z", count: 5_000) + "]*", long))
    }

    /// Go refuses what would take more than 128 MiB of its memory.
    @Test func countsAreBounded() throws {
        let counts = String(repeating: "a{1000}", count: 3_400)
        let rules = try IgnoreRules(profile: .docker, files: [(bytes(".dockerignore"), bytes(counts + "*"))])
        let error = #expect(throws: ContextError.self) {
            try rules.verdict(for: bytes("a"), isDirectory: false)
        }
        #expect(error?.code == .pattern)
    }
}
