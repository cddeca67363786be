import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

@Suite struct ConfigurationTests {
    /// A lab with a spec that makes one layer, and the variables that lead to a configuration.
    private func lab(_ configuration: String) throws -> (CommandLab, [String: String]) {
        let lab = try CommandLab(withBase: true)
        try lab.write("FROM busybox\nCOPY Dockerfile /d\n", "Dockerfile")
        try lab.write(configuration, "config/chalk-image/config.json")
        return (lab, ["XDG_CONFIG_HOME": lab.path + "/config"])
    }

    private func mediaType(_ lab: CommandLab) throws -> String? {
        let image = try object(try lab.check("inspect", "x", "--json").bytes)
        let manifest = try #require(image["manifest"] as? [String: Any])
        return try objects(manifest["layers"]).last?["mediaType"] as? String
    }

    @Test func saysTheCompressionUnlessTheFlagDoes() throws {
        let (lab, variables) = try lab(#"{"compression": "zstd,level=5"}"#)
        let build = ["build", "-q", "-f", "Dockerfile", ".", "-t", "x"]
        #expect(try lab.chalk(build, variables: variables).status == 0)
        #expect(try mediaType(lab) == "application/vnd.oci.image.layer.v1.tar+zstd")
        #expect(try lab.chalk(build + ["--compression", "gzip"], variables: variables).status == 0)
        #expect(try mediaType(lab) == "application/vnd.oci.image.layer.v1.tar+gzip")
    }

    @Test(arguments: [
        (#"{"compresion": "zstd"}"#, #"says "compresion", which is not known: it can say compression"#),
        (#"{"compression": "lzma"}"#, #"is wrong: compression is gzip, zstd or none, not "lzma""#),
        (#"{"compression": 3}"#, "says compression, but not as a text"),
        (#"["zstd"]"#, "is no JSON object"),
        ("{", "is not valid JSON: "),
    ])
    func namesTheFileThatIsWrong(_ text: String, _ words: String) throws {
        let (lab, variables) = try lab(text)
        let ran = try lab.chalk(["build", "-q", "-f", "Dockerfile", "."], variables: variables)
        #expect(ran.status == 2)
        #expect(
            ran.errors.contains("the configuration \(lab.path)/config/chalk-image/config.json \(words)"),
            "\(ran.errors)")
    }
}
