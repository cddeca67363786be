import ChalkSystem
import Foundation
import Testing

/// Specs made by the published SDK, from its bytes to an image.
@Suite(.serialized) struct SDKBuildTests {
    private struct Expected {
        let files: [String: String]
        let config: [String: String]
    }

    private static let expected: [String: Expected] = [
        "run": Expected(files: ["one": "base\n", "two": "a  b\n"], config: ["Cmd": #"["sh"]"#]),
        "settings": Expected(
            files: [:],
            config: [
                "WorkingDir": #""/work""#, "Entrypoint": #"["/bin/echo"]"#, "Cmd": #"["hi"]"#,
                "Env":
                    #"["A=base","PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","B=2","ODD=it's \"x\""]"#,
            ]),
        "copied_file": Expected(files: ["app/main.py": "print('hi')\n"], config: [:]),
        "copied_dir": Expected(
            files: ["app/sub/b": "b", "listing": "/app:\na\nsub\n\n/app/sub:\nb\n"], config: [:]),
        "dockerfile": Expected(
            files: ["tmp/id": "1000\n"],
            config: ["User": #""app""#, "ExposedPorts": #"{"80/tcp":{}}"#, "Labels": #"{"a":"b"}"#]),
        "lazy": Expected(files: [:], config: ["Cmd": #"["true"]"#]),
        "from_dockerfile": Expected(files: ["y": "x\n"], config: [:]),
    ]

    @Test func publishedSpecsBuild() throws {
        let lab = try EquivalenceLab()
        try lab.makeBase()
        let made = lab.path + "/made"
        try EquivalenceLab.shell(
            "mkdir \"$2\"; \"$0\" \"$1\" \"$2\"",
            [
                try EquivalenceLab.setting("CHALK_SDK_PYTHON"),
                EquivalenceLab.fixtures + "/sdk-builds/make_images.py", made,
            ])
        for (name, expected) in SDKBuildTests.expected.sorted(by: { $0.key < $1.key }) {
            let tree = "\(lab.path)/\(name)"
            let digest = try lab.succeed([
                "build", "\(made)/\(name).pb", "-t", "sdk/\(name.lowercased())", "-o", tree,
            ])
            #expect(try lab.succeed(["build", "\(made)/\(name).json"]) == digest, "\(name)")
            for (path, text) in expected.files {
                #expect(
                    try String(contentsOfFile: "\(tree)/\(path)", encoding: .utf8) == text, "\(name): \(path)"
                )
            }
            let config = try lab.config(digest)
            for (member, text) in expected.config {
                let value = try JSONSerialization.data(
                    withJSONObject: try #require(config[member], "\(name): \(member)"),
                    options: [.sortedKeys, .fragmentsAllowed, .withoutEscapingSlashes])
                #expect(String(decoding: value, as: UTF8.self) == text, "\(name): \(member)")
            }
        }
    }
}
