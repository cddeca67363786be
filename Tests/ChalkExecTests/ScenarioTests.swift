import Testing

struct ScenarioTests {
    @Test(arguments: Scenario.all)
    func asThisUser(_ scenario: Scenario) throws {
        try scenario.run()
    }

    @Test(arguments: Scenario.all.map(\.name))
    func asOrdinaryUser(_ name: String) async throws {
        // Made before: the built one may be where another user cannot go.
        let command = try ExecLab.command()
        await #expect(processExitsWith: .success) { [name = name as String, command = command as String] in
            ExecLab.use(command)
            try Scenario.becomeTester()
            do {
                try Scenario.named(name).run()
            } catch {
                // An error that left the body would end this process without its words.
                Issue.record("\(error)")
            }
        }
    }
}
