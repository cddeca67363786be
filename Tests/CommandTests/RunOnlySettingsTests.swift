import ChalkTestSupport
import Foundation
import Testing

/// `--run-env` and `--host-certs` are seen by RUN steps and by nothing else.
struct RunOnlySettingsTests {
    private func lab() throws -> CommandLab {
        let lab = try CommandLab(withBase: true)
        try lab.write(
            """
            {"baseImage": "busybox", "steps": [
              {"runCommands": {"commands": ["[ ${#TOKEN} = 27 ] && [ -s $SSL_CERT_FILE ] && echo seen > /seen"]}}
            ]}
            """, "image.json")
        return lab
    }

    @Test func nothingOfThemStays() throws {
        let lab = try lab()
        let marker = "marker-0123456789-abcdefghi"
        let digest = try lab.build("image.json", "-t", "app", "--run-env", "TOKEN=\(marker)", "--host-certs")
        let found = try lab.tool("sh", "-c", "grep -rlF \(marker) store || true").output
        #expect(found == "")
        try lab.check("export", "app", "-o", "type=dir,dest=\(lab.path)/root")
        #expect(try lab.text("root/seen") == "seen\n")
        #expect(try lab.exists("root/etc/ssl") == false)
        #expect(try lab.check("inspect", "app").output.contains("TOKEN") == false)

        let again = try lab.build("image.json", "--metadata-file", "meta.json", "--run-env", "TOKEN=other")
        #expect(again == digest)
        #expect(try lab.metadata("meta.json")["chalk.steps.executed"] as? Int == 0)
    }

    @Test func aNameAloneTakesTheValueFromTheEnvironment() throws {
        let lab = try lab()
        let marker = "marker-0123456789-abcdefghi"
        _ = try lab.build("image.json", "--run-env", "TOKEN", "--host-certs", variables: ["TOKEN": marker])
        let unset = try lab.chalk(["build", "image.json", "--no-cache", "--run-env", "TOKEN"])
        #expect(unset.status == 1)
    }
}
