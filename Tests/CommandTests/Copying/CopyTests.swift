import ChalkSystem
import Foundation
import Testing

/// COPY where Buildah 1.28 has no answer, or another than BuildKit: what is expected is written here by hand.
@Suite(.serialized) struct CopyTests {
    private let copies: CopyLab

    init() throws { copies = try CopyLab() }

    private static let base = "FROM localhost/busybox:test\n"

    @Test func symbolicModes() throws {
        let tree = try copies.listing(
            """
            FROM scratch
            COPY --chmod=u=rwX,go=rX dir /d/
            COPY --chmod=+x file.txt /x
            COPY --chmod=go= run.sh /own
            COPY --chmod=4711 run.sh /setuid
            COPY --chmod=u=rw,g=u,o= <<EOF /inline
            text
            EOF

            """)
        #expect(tree["d/one"] == "f 644 0:0" && tree["d/sub"] == "d 755 0:0" && tree["d/inner"] == "l one")
        #expect(tree["x"] == "f 755 0:0" && tree["own"] == "f 700 0:0" && tree["setuid"] == "f 4711 0:0")
        #expect(tree["inline"] == "f 660 0:0")
    }

    @Test func parents() throws {
        let tree = try copies.listing(
            """
            FROM scratch AS stage
            COPY many /x/many
            FROM scratch
            COPY --parents many/a/f.txt dir/sub /p1/
            COPY --parents ./many/./a/f.txt /p2/
            COPY --parents many/**/*.txt /p3/
            COPY --parents many/*/./f.txt /p4/
            COPY --from=stage --parents /x/many/./a/deep /p5/
            COPY --parents --exclude=**/deep many/a /p6/
            COPY --parents nothing* /p7/

            """)
        #expect(
            Set(tree.keys) == [
                "p1", "p1/many", "p1/many/a", "p1/many/a/f.txt", "p1/dir", "p1/dir/sub", "p1/dir/sub/two",
                "p2", "p2/a", "p2/a/f.txt",
                "p3", "p3/many", "p3/many/a", "p3/many/a/f.txt", "p3/many/a/deep", "p3/many/a/deep/g.txt",
                "p3/many/b", "p3/many/b/f.txt",
                "p4", "p4/f.txt",
                "p5", "p5/a", "p5/a/deep", "p5/a/deep/g.txt", "p5/a/deep/h.md",
                "p6", "p6/many", "p6/many/a", "p6/many/a/f.txt", "p7",
            ])
        #expect(try copies.text("p4/f.txt") == "b\n")
    }

    @Test func excludes() throws {
        let tree = try copies.listing(
            """
            FROM scratch AS stage
            COPY many /many
            FROM scratch
            COPY --exclude=**/*.md --exclude=deep/g.txt many/a /e1/
            COPY --exclude=* many/a /e2/
            COPY --exclude=** --exclude=!deep/h.md many/a /e3/
            COPY --exclude=*.md *.md *.go /e4/
            COPY --from=stage --exclude=deep /many/a /e5/
            ADD --exclude=sub dir /e6/

            """)
        #expect(
            Set(tree.keys) == [
                "e1", "e1/f.txt", "e1/deep", "e2", "e3", "e3/deep", "e3/deep/h.md", "e4", "e4/x1.go",
                "e4/x2.go",
                "e5", "e5/f.txt", "e6", "e6/one", "e6/empty", "e6/inner",
            ])
    }

    /// The layer of `--link` does not depend on what lies below: a link there is replaced, not followed.
    @Test func links() throws {
        let tree = try copies.listing(
            CopyTests.base
                + """
                COPY --link --chown=5:6 file.txt /srv/www/f
                COPY --link dir /data/
                COPY --link --chown=app:extra file.txt /named

                """)
        #expect(tree["srv/www"] == "d 755 5:6" && tree["srv/www/f"] == "f 644 5:6")
        #expect(tree["data"] == "d 755 0:0" && tree["data/kept/file"] != nil && tree["data/one"] != nil)
        #expect(tree["named"] == "f 644 1000:1500")
        let scratch = try copies.listing("FROM scratch\nCOPY --link file.txt /a/b\n")
        #expect(scratch.keys.sorted() == ["a", "a/b"])
    }

    @Test func inlineFilesLandLikeOthers() throws {
        let tree = try copies.listing(
            CopyTests.base
                + """
                ENV NAME=value
                COPY <<one <<"two" /etc/
                $NAME
                one
                $NAME
                two
                COPY <<three /srv/www
                3
                three
                COPY --chown=5:6 file.txt <<-four /mixed/
                	tabs
                four

                """)
        #expect(try copies.text("etc/one") == "value\n" && copies.text("etc/two") == "$NAME\n")
        #expect(tree["data/three"] == "f 644 0:0" && tree["srv/www"] == "l ../data")
        #expect(tree["mixed/four"] == "f 644 5:6" && tree["mixed/file.txt"] == "f 644 5:6")
        #expect(try copies.text("mixed/four") == "tabs\n")
    }

    /// Not Buildah's: BuildKit follows a link in the destination's own place as well.
    @Test func destinationsThatAreLinks() throws {
        let tree = try copies.listing(
            "FROM localhost/busybox:test AS made\nRUN mkdir /d && echo old > /d/real && ln -s d/real /to-file && ln -s none /to-none\n"
                + "FROM made\nCOPY file.txt /to-file\nCOPY file.txt /to-none\n")
        #expect(tree["to-file"] == "l d/real" && tree["to-none"] == "l none" && tree["none"] == "f 644 0:0")
        #expect(try copies.text("d/real") == "file\n")
    }

    @Test func patternsThatMatchNothing() throws {
        let ran = try copies.build("FROM scratch\nCOPY file.txt nothing* /x/\n", ["--progress=plain"])
        #expect(ran.status == 0, "\(ran.errors)")
        #expect(ran.errors.contains("nothing* matches nothing, so nothing is copied"))
        #expect(try EquivalenceLab.listing(copies.tree).keys.sorted() == ["x", "x/file.txt"])
    }

    @Test(
        arguments: [
            ("COPY missing /x", "missing is not in the build context CONTEXT; check the path"),
            (
                "COPY hidden /x",
                "hidden is left out of the build context by CONTEXT/.dockerignore; add an exception !hidden there"
            ),
            ("COPY dangling /x", "dangling is not in the build context CONTEXT; check the path"),
            ("COPY --parents missing/x /x", "missing/x is not in the build context CONTEXT; check the path"),
            (
                "COPY --from=localhost/busybox:test /missing /x",
                "COPY --from finds nothing at /missing in the stage; check the path"
            ),
            ("COPY dir /srv", nil),
            ("COPY file.txt /etc/passwd/x", "etc/passwd/x is refused: etc/passwd is no directory"),
            (
                "COPY --chown=nobody file.txt /x",
                "--chown=nobody names a user or group that the image's /etc/passwd and /etc/group do not have; add it in an earlier step or give numbers"
            ),
            (
                "COPY --chown=app:none file.txt /x",
                "--chown=app:none names a user or group that the image's /etc/passwd and /etc/group do not have; add it in an earlier step or give numbers"
            ),
            (
                "COPY many/a/deep /etc\nCOPY --parents data.d /",
                "data.d is not in the build context CONTEXT; check the path"
            ),
        ] as [(String, String?)])
    func whatIsWrongSaysWhere(line: String, sentence: String?) throws {
        let ran = try copies.build(CopyTests.base + line + "\n")
        let number = line.split(separator: "\n").count + 1
        guard let sentence else {
            #expect(ran.status == 0, "\(ran.errors)")
            return
        }
        #expect(ran.status == 1)
        let expected =
            "\(copies.context)/Dockerfile:\(number): " + sentence.replacing("CONTEXT", with: copies.context)
        #expect(ran.errors.contains("error: \(expected)\n"), "\(ran.errors)")
    }

    @Test func whatCannotBeReplaced() throws {
        try EquivalenceLab.shell(
            "cd \"$0\"; mkdir -p top/srv/www/kept; echo x > top/srv/www/kept/f; echo y > kept",
            [copies.context])
        let link = try copies.build(CopyTests.base + "COPY top /\n")
        #expect(link.status == 1)
        #expect(
            link.errors.contains(
                "/srv/www is a link or file in the image, where a directory is copied to; copy to where it leads, or use --link"
            ),
            "\(link.errors)")
        let directory = try copies.build(CopyTests.base + "COPY kept /data/\n")
        #expect(directory.status == 1)
        #expect(
            directory.errors.contains(
                "/data/kept is a directory in the image, which a file cannot replace; remove it first, or end the destination in /"
            ),
            "\(directory.errors)")
        #expect(try copies.build(CopyTests.base + "COPY --link top /\n").status == 0)
    }

    /// The same files give the same keys in a plan and a build, and a change is named.
    @Test func plansKnowCopies() throws {
        let file = CopyTests.base + "COPY --parents --chmod=a+r --exclude=**/*.md many dir /x/\n"
        #expect(try copies.plan(file).verdict == "miss")
        try #require(try copies.build(file).status == 0)
        let hit = try copies.plan(file)
        #expect(hit.verdict == "hit")
        try copies.lab.write("changed\n", to: "context/many/b/f.txt")
        let miss = try copies.plan(file)
        #expect(miss.verdict == "miss" && miss.reason.contains("`x/many/b/f.txt` changed"), "\(miss.reason)")
        #expect(miss.key != hit.key)
    }
}
