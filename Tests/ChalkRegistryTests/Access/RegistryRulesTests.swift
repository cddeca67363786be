import ChalkOCI
import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

@testable import ChalkRegistry

/// The file of rules, and what a rule makes of a reference.
@Suite struct RegistryRulesTests {
    func rules(_ text: String) throws -> RegistryRules {
        let path = NSTemporaryDirectory() + "chalk-rules-" + RandomName.make()
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            return try RegistryRules(file: path)
        } catch let error as RegistryError {
            throw RegistryError(error.code, error.description.split(separator: path).joined(separator: "F"))
        }
    }

    func places(_ rules: RegistryRules, _ text: String) throws -> [String] {
        rules.places(for: try Reference(text)).map { "\($0.reference)\($0.isMirror ? " (mirror)" : "")" }
    }

    @Test func everyMember() throws {
        let rules = try rules(
            """
            {"registry": [
              {"prefix": "docker.io", "mirror": [{"location": "m.test:5000/hub", "insecure": true}, {"location": "n.test"}]},
              {"prefix": "docker.io/team", "location": "quay.test/other", "insecure": true},
              {"location": "bad.test", "blocked": true},
              {"prefix": "*.corp.test", "mirror": [{"location": "c.test/all"}]}
            ]}
            """)
        #expect(
            try places(rules, "python:3.12") == [
                "m.test:5000/hub/library/python:3.12 (mirror)", "n.test/library/python:3.12 (mirror)",
                "docker.io/library/python:3.12",
            ])
        #expect(try places(rules, "docker.io/team/app:1") == ["quay.test/other/app:1"])
        #expect(try places(rules, "docker.io/teams/app:1").count == 3)
        #expect(try places(rules, "elsewhere.test/app:1") == ["elsewhere.test/app:1"])
        #expect(
            try places(rules, "a.b.corp.test:5000/x/y:1") == [
                "c.test/all/x/y:1 (mirror)", "a.b.corp.test:5000/x/y:1",
            ])
        #expect(try places(rules, "corp.test/x:1") == ["corp.test/x:1"])
        let digest = Digest.of([])
        #expect(try places(rules, "docker.io/team/app@\(digest)") == ["quay.test/other/app@\(digest)"])
        #expect(
            rules.blockage(of: try Reference("bad.test/x"))?.reason.hasPrefix("bad.test is blocked by /")
                == true)
        #expect(rules.blockage(of: try Reference("good.test/x")) == nil)
        for (host, isInsecure) in [
            ("m.test:5000", true), ("m.test", false), ("n.test", false), ("quay.test", true),
            ("docker.io", false),
        ] {
            let origin = try #require(Origin(authority: host, isSecure: true))
            #expect(rules.isInsecure(origin) == isInsecure, "\(host)")
        }
    }

    @Test(arguments: [
        ("", "the rules for registries in F are not valid JSON: the text ends early at byte 0"),
        ("[]", "the rules for registries in F are wrong: the file is no JSON object"),
        (
            #"{"registries": []}"#,
            #"the rules for registries in F are wrong: the file says "registries", which is not known: it can say registry"#
        ),
        (#"{"registry": {}}"#, "the rules for registries in F are wrong: the file.registry is no list"),
        (
            #"{"registry": [{}]}"#,
            "the rules for registries in F are wrong: registry[0] says neither prefix nor location"
        ),
        (
            #"{"registry": [{"prefix": "a.test", "mirrors": []}]}"#,
            #"the rules for registries in F are wrong: registry[0] says "mirrors", which is not known: it can say prefix, location, insecure, blocked, mirror"#
        ),
        (
            #"{"registry": [{"prefix": "https://a.test"}]}"#,
            #"the rules for registries in F are wrong: registry[0]: "https://a.test" is not HOST[:PORT][/PATH], without a scheme"#
        ),
        (
            #"{"registry": [{"prefix": "a.test", "mirror": [{"location": "*.b.test"}]}]}"#,
            #"the rules for registries in F are wrong: registry[0].mirror[0]: "*.b.test" is not HOST[:PORT][/PATH], without a scheme"#
        ),
        (
            #"{"registry": [{"prefix": "a.test", "mirror": [{"insecure": true}]}]}"#,
            "the rules for registries in F are wrong: registry[0].mirror[0] says no location"
        ),
        (
            #"{"registry": [{"prefix": "a.test", "blocked": "yes"}]}"#,
            "the rules for registries in F are wrong: registry[0].blocked is neither true nor false"
        ),
        (
            #"{"registry": [{"prefix": "a.test"}, {"prefix": "a.test"}]}"#,
            #"the rules for registries in F are wrong: "a.test" stands there twice"#
        ),
        (
            #"{"registry": [{"prefix": "a.test/"}]}"#,
            #"the rules for registries in F are wrong: registry[0]: "a.test/" is not HOST[:PORT][/PATH], without a scheme"#
        ),
    ])
    func wrongFiles(text: String, expected: String) throws {
        let error = #expect(throws: RegistryError.self) { try rules(text) }
        #expect(error?.description == expected)
    }

    @Test func aFileThatIsNamedMustBeThere() throws {
        let error = #expect(throws: RegistryError.self) {
            try RegistryRules(environment: ["CHALK_IMAGE_REGISTRIES": "/nonexistent/r.json"])
        }
        #expect(
            error?.description
                == "cannot read the rules for registries: cannot open /nonexistent/r.json: no such file or directory"
        )
        #expect(try RegistryRules(environment: ["HOME": "/nonexistent"]).rules.isEmpty)
    }
}
