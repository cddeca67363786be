import ChalkOCI
import Testing

struct ReferenceTests {
    @Test(
        arguments: [
            ("python", "docker.io/library/python"),
            ("python:3.12-slim", "docker.io/library/python:3.12-slim"),
            ("me/app", "docker.io/me/app"),
            ("index.docker.io/me/app:1", "docker.io/me/app:1"),
            ("localhost/app", "localhost/app"),
            ("localhost:5000/app:v1", "localhost:5000/app:v1"),
            ("127.0.0.1:5000/a/b/c", "127.0.0.1:5000/a/b/c"),
            ("ghcr.io/org/my_app.x-y__z:Tag_1", "ghcr.io/org/my_app.x-y__z:Tag_1"),
            ("[::1]:5000/app", "[::1]:5000/app"),
            (
                "a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "docker.io/library/a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            ),
        ])
    func parses(text: String, whole: String) throws {
        #expect(try Reference(text).description == whole)
    }

    @Test(
        arguments: [
            ("", "\"\" is not an image reference: it is empty"),
            ("App", "\"App\" is not an image reference: the repository must be lower case"),
            (
                "a:",
                "\"a:\" is not an image reference: a tag has 1 to 128 letters, digits, _ . or -, and starts with none of . and -"
            ),
            (
                "a:-x",
                "\"a:-x\" is not an image reference: a tag has 1 to 128 letters, digits, _ . or -, and starts with none of . and -"
            ),
            ("a//b", "\"a//b\" is not an image reference: \"\" cannot be part of a repository"),
            ("a/../b", "\"a/../b\" is not an image reference: \"..\" cannot be part of a repository"),
            ("a b", "\"a b\" is not an image reference: \"a b\" cannot be part of a repository"),
            ("a___b", "\"a___b\" is not an image reference: \"a___b\" cannot be part of a repository"),
            ("-a", "\"-a\" is not an image reference: \"-a\" cannot be part of a repository"),
            (
                "a@sha256:00",
                "\"a@sha256:00\" is not an image reference: after @ there must be sha256: and 64 lower-case hexadecimal digits"
            ),
        ])
    func refuses(text: String, sentence: String) {
        let error = #expect(throws: OCIError.self) { try Reference(text) }
        #expect(error?.description == sentence)
    }

    @Test func latestIsTheDefaultTag() throws {
        #expect(try Reference("a").withDefaultTag.description == "docker.io/library/a:latest")
        #expect(try Reference("a:1").withDefaultTag.tag == "1")
    }
}
