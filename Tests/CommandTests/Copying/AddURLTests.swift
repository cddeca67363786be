import ChalkSystem
import ChalkTestSupport
import Foundation
import Synchronization
import Testing

/// ADD of URLs, from a server in the test.
@Suite(.serialized) struct AddURLTests {
    private let copies: CopyLab

    init() throws { copies = try CopyLab() }

    /// A file whose server knows versions.
    private final class Versioned: Sendable {
        private let content = Mutex("one\n")
        func set(_ text: String) { content.withLock { $0 = text } }

        func answer(_ request: WebServer.Request) -> WebServer.Answer {
            let text = content.withLock { $0 }
            let tag = "\"v-\(text.utf8.count)-\(text.utf8.first ?? 0)\""
            if request.headers["if-none-match"] == tag { return WebServer.Answer(304, [("ETag", tag)]) }
            return WebServer.Answer(200, [("ETag", tag)], body: Array(text.utf8))
        }
    }

    @Test func filesLandByName() throws {
        let server = try WebServer { request in
            switch request.target {
            case "/old": WebServer.Answer(302, [("Location", "/d/new.txt")])
            case "/": WebServer.Answer(body: Array("root".utf8))
            default: WebServer.Answer(body: Array("of \(request.target)".utf8))
            }
        }
        let tree = try copies.listing(
            """
            FROM localhost/busybox:test
            ADD \(server.url)/d/a%20b.txt?x=1 /dir/
            ADD \(server.url)/d/f /named
            ADD \(server.url)/old /etc
            ADD --chmod=0751 --chown=app:extra \(server.url)/f /made/
            ADD \(server.url)/one \(server.url)/two file.txt /several/
            ADD --link \(server.url)/one /linked/f
            ADD \(server.url)/ /root-url/

            """)
        #expect(
            tree["dir/a b.txt"] == "f 600 0:0" && tree["named"] == "f 600 0:0"
                && tree["etc/old"] == "f 600 0:0")
        #expect(tree["made/f"] == "f 751 1000:1500" && tree["made"] == "d 755 1000:1500")
        #expect(
            tree["several/one"] != nil && tree["several/two"] != nil
                && tree["several/file.txt"] == "f 644 0:0")
        #expect(tree["linked/f"] == "f 600 0:0" && tree["root-url/__unnamed__"] == "f 600 0:0")
        #expect(
            try copies.text("dir/a b.txt") == "of /d/a%20b.txt?x=1"
                && copies.text("etc/old") == "of /d/new.txt")
    }

    @Test func versionsAreAskedForAgain() throws {
        let file = Versioned()
        let server = try WebServer { file.answer($0) }
        let dockerfile = "FROM scratch\nADD \(server.url)/f /f\n"
        let unknown = try copies.plan(dockerfile)
        #expect(
            unknown.verdict == "miss"
                && unknown.reason == "what is at \(server.url)/f cannot be known without fetching it")
        try #require(try copies.build(dockerfile).status == 0)
        #expect(server.log == ["GET /f"])
        let hit = try copies.plan(dockerfile)
        #expect(hit.verdict == "hit" && server.log == ["GET /f", "HEAD /f"])
        let again = try copies.build(dockerfile, ["--progress=plain"])
        #expect(again.errors.contains("cached") && server.requests.count == 3)
        #expect(server.requests.last?.headers["if-none-match"] != nil)
        file.set("two two\n")
        #expect(try copies.plan(dockerfile).verdict == "miss")
        let changed = try copies.build(dockerfile, ["--progress=plain"])
        #expect(try copies.text("f") == "two two\n")
        #expect(changed.errors.contains("source `\(server.url)/f` changed"), "\(changed.errors)")
    }

    /// A server without versions is asked for everything each time; the same bytes are a hit all the same.
    @Test func withoutVersionsTheContentDecides() throws {
        let server = try WebServer { _ in WebServer.Answer(body: Array("same".utf8)) }
        let dockerfile = "FROM scratch\nADD \(server.url)/f /f\n"
        try #require(try copies.build(dockerfile).status == 0)
        let again = try copies.build(dockerfile, ["--progress=plain"])
        #expect(again.errors.contains("cached") && server.log == ["GET /f", "GET /f"])
        #expect(try copies.plan(dockerfile).reason.contains("cannot be known without fetching it"))
    }

    @Test func checksums() throws {
        let server = try WebServer { _ in WebServer.Answer(body: Array("content".utf8)) }
        let right = "sha256:ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"
        let dockerfile = "FROM scratch\nADD --checksum=\(right) \(server.url)/f /f\n"
        try #require(try copies.build(dockerfile).status == 0)
        // What is known by its digest is not asked for.
        try #require(try copies.build(dockerfile).status == 0)
        #expect(try copies.plan(dockerfile).verdict == "hit" && server.log == ["GET /f"])
        let wrong = "sha256:" + String(repeating: "0", count: 64)
        let ran = try copies.build("FROM scratch\nADD --checksum=\(wrong) \(server.url)/f /f\n")
        #expect(ran.status == 1)
        #expect(
            ran.errors.contains(
                "\(copies.context)/Dockerfile:2: what is at \(server.url)/f has the digest \(right), not the \(wrong) of --checksum; "
                    + "look at what changed there before you change the checksum"), "\(ran.errors)")
    }

    @Test func remoteArchivesAreUnpackedWhenAsked() throws {
        let server = try WebServer(directory: copies.context)
        let tree = try copies.listing(
            """
            FROM scratch
            ADD \(server.url)/t.tarz /kept/
            ADD --unpack=true \(server.url)/t.tarJ /unpacked/
            ADD --unpack \(server.url)/file.txt /plain/
            ADD --unpack=false t.tar /local/

            """)
        #expect(tree["kept/t.tarz"] == "f 600 0:0" && tree["unpacked/t/file"] == "f 644 7:8")
        #expect(tree["plain/file.txt"] == "f 600 0:0" && tree["local/t.tar"] == "f 644 0:0")
    }

    @Test func whatGoesWrong() throws {
        let attempts = Mutex(0)
        let server = try WebServer { request in
            switch request.target {
            case "/gone": WebServer.Answer(404)
            case "/secret": WebServer.Answer(403, body: Array("no".utf8))
            case "/once":
                // The first attempt breaks off, the second does not.
                WebServer.Answer(
                    body: Array("whole content".utf8),
                    cutAfter: attempts.withLock { count in
                        count += 1
                        return count == 1 ? 3 : nil
                    })
            case "/auth":
                request.headers["authorization"] == "Basic bWU6cHc="
                    ? WebServer.Answer(body: [1]) : WebServer.Answer(401)
            default: WebServer.Answer(302, [("Location", request.target)])
            }
        }
        func errors(_ path: String) throws -> String {
            let ran = try copies.build("FROM scratch\nADD \(server.url)\(path) /f\n")
            #expect(ran.status != 0)
            return ran.errors
        }
        #expect(
            try errors("/gone").contains(
                "Dockerfile:2: cannot fetch \(server.url)/gone: 127.0.0.1:\(server.port) answered 404"))
        #expect(try errors("/secret?token=x").contains("cannot fetch \(server.url)/secret: "))
        #expect(try errors("/loop").contains("it redirects more than 10 times"))
        _ = try copies.listing("FROM scratch\nADD \(server.url)/once /f\n")
        #expect(try copies.text("f") == "whole content")
        _ = try copies.listing("FROM scratch\nADD http://me:pw@127.0.0.1:\(server.port)/auth /f\n")
        let refused = try copies.build("FROM scratch\nADD http://me:other@127.0.0.1:\(server.port)/auth /f\n")
        let error = refused.errors.split(separator: "\n").last { $0.hasPrefix("error: ") } ?? ""
        #expect(error.contains("answered 401") && !error.contains("other"), "\(error)")
    }

    /// A named context may be the URL of a file, which is called `context` there, as in BuildKit.
    @Test func urlsAreContexts() throws {
        let server = try WebServer { _ in WebServer.Answer(body: Array("x".utf8)) }
        let tree = try copies.listing(
            "FROM scratch\nCOPY --from=web context /x\n", ["--build-context", "web=\(server.url)/file"])
        #expect(tree == ["x": "f 600 0:0"])
    }
}
