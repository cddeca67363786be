import Testing

@testable import bench

struct SettingsTests {
    @Test func flagsAreRead() throws {
        let settings = try Settings([
            "--scale", "0.1", "--rounds", "5", "--tree", "tiny,small", "--operation", "cold,oneFile",
            "--peer", "tar",
        ])
        #expect(settings.scale == 0.1)
        #expect(settings.rounds == 5)
        #expect(settings.trees.map(\.name) == ["tiny", "small"])
        #expect(settings.operations == [.cold, .oneFile])
        #expect(settings.peers == ["tar"])
        #expect(settings.work.hasPrefix("/"))
    }

    @Test(arguments: [
        (["--scale", "0"], "--scale needs a number above 0"),
        (["--rounds", "many"], "--rounds needs a number above 0"),
        (["--tree", "big"], "there is no tree big; there are small, large, python, tiny"),
        (["--operation", "warm"], "there is no operation warm"),
        (["--fast", "1"], "there is no flag --fast"),
        (["--peer"], "--peer needs a value"),
    ]) func wrongFlagsAreSaid(words: [String], message: String) {
        let error = #expect(throws: BenchError.self) { try Settings(words) }
        #expect(error?.description == message)
    }

    /// Whoever is missing is named; that needs a name for everybody, once.
    @Test func peersHaveNamesOfTheirOwn() {
        let names = Peers(chalk: "chalk-image", level: 4).all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.contains("tar | pigz -4"))
        for operation in Operation.allCases {
            #expect(operation.references(level: 4).contains(where: names.contains), "\(operation)")
        }
        for target in Target.all(level: 4) {
            #expect(names.contains(target.subject))
            if case .peer(let peer) = target.reference { #expect(names.contains(peer), "\(target.title)") }
        }
    }
}
