import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// ADD of git repositories, served as plain files (the dumb HTTP protocol): such a server knows neither depths nor bare
/// commits, so every way to fetch is gone.
@Suite(.serialized) struct AddRepositoryTests {
    private let copies: CopyLab
    private let server: WebServer
    private let commits: [String]

    init() throws {
        copies = try CopyLab()
        let root = copies.lab.path + "/git"
        let text = try EquivalenceLab.shell(
            """
            export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a \
                GIT_COMMITTER_EMAIL=a@b GIT_AUTHOR_DATE='@1000000000 +0000' GIT_COMMITTER_DATE='@1000000000 +0000'
            mkdir -p "$0"; cd "$0"; git init -q -b main work; cd work
            mkdir -p sub/deep; echo one > a; echo s > sub/deep/s; echo '#!/bin/sh' > run; chmod 755 run; ln -s a link
            printf 'a\\n' > .dockerignore; printf '*.x eol=crlf\\n' > .gitattributes
            git add -A; git commit -qm first; git tag v1; git tag -a v1-annotated -m tag; git rev-parse HEAD
            git checkout -q -b other; echo two > a; git commit -qam second; git rev-parse HEAD; git checkout -q main
            cd ..; git clone -q --bare work r.git; cd r.git; git update-server-info
            """, [root])
        commits = text.split(separator: "\n").map(String.init)
        server = try WebServer(directory: root)
    }

    private var address: String { "\(server.url)/r.git" }

    @Test func commitsAndDirectories() throws {
        let tree = try copies.listing(
            """
            FROM scratch
            ADD \(address) /1/
            ADD \(address)#v1:sub/deep /2/
            ADD \(address)#other /3
            ADD \(address)#\(commits[0]) /4/
            ADD \(address)?branch=other&subdir=sub /5/
            ADD --chown=1:2 --chmod=go= --exclude=sub \(address)?tag=v1-annotated /6/
            ADD --link --checksum=\(commits[1].prefix(7)) \(address)#other /7/

            """)
        #expect(tree["1/a"] == "f 644 0:0" && tree["1/run"] == "f 755 0:0" && tree["1/link"] == "l a")
        #expect(tree["1/.git"] == nil && tree["1/.dockerignore"] != nil && tree["2/s"] == "f 644 0:0")
        #expect(
            try copies.text("1/a") == "one\n" && copies.text("3/a") == "two\n"
                && copies.text("4/a") == "one\n")
        #expect(tree["5/deep/s"] != nil && tree["5/a"] == nil)
        #expect(tree["6/a"] == "f 600 1:2" && tree["6/sub"] == nil && tree["7/a"] != nil)
    }

    @Test func theGitDirectoryIsTheSameEachTime() throws {
        let dockerfile = "FROM scratch\nADD --keep-git-dir=true \(address)#v1 /r/\n"
        let tree = try copies.listing(dockerfile)
        #expect(tree["r/.git"] == "d 755 0:0" && tree["r/.git/HEAD"] != nil && tree["r/a"] != nil)
        let log = try EquivalenceLab.shell(
            "git -c safe.directory='*' -C \"$0/r\" log -1 --format=%H; git -c safe.directory='*' -C \"$0/r\" status --porcelain; git -C \"$0/r\" -c safe.directory='*' remote get-url origin",
            [copies.tree])
        #expect(log == "\(commits[0])\n\(address)\n")
        let first = try copies.lab.succeed(["inspect", "--json", "ours"])
        try EquivalenceLab.shell("rm -rf \"$0/home/store/chalk/checkouts\"", [copies.lab.path])
        try #require(try copies.build(dockerfile, ["--no-cache"]).status == 0)
        #expect(try copies.lab.succeed(["inspect", "--json", "ours"]) == first)
    }

    @Test func aKnownCommitIsNotFetchedAgain() throws {
        let dockerfile = "FROM scratch\nADD \(address)#main /r/\n"
        let unknown = try copies.plan(dockerfile)
        #expect(
            unknown.verdict == "miss"
                && unknown.reason
                    == "commit \(commits[0].prefix(12)) of \(address)#main cannot be known without fetching it",
            "\(unknown.reason)")
        try #require(try copies.build(dockerfile).status == 0)
        #expect(try copies.plan(dockerfile).verdict == "hit")
        let before = server.requests.count
        let again = try copies.build("FROM scratch\nADD \(address)#\(commits[0]) /r/\n", ["--progress=plain"])
        #expect(again.status == 0 && server.requests.count == before)
        try EquivalenceLab.shell(
            "cd \"$0/git/r.git\"; git update-ref refs/heads/main \"$1\"; git update-server-info",
            [copies.lab.path, commits[1]])
        let moved = try copies.build(dockerfile, ["--progress=plain"])
        #expect(
            moved.errors.contains(
                "source `\(address)#main` changed from \"\(commits[0])\" to \"\(commits[1])\""),
            "\(moved.errors)")
        #expect(try copies.text("r/a") == "two\n")
    }

    @Test func submodules() throws {
        try EquivalenceLab.shell(
            """
            export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a \
                GIT_COMMITTER_EMAIL=a@b
            cd "$0/git"; git init -q -b main outer; cd outer; echo o > o
            git -c protocol.file.allow=always submodule --quiet add "$1/r.git" inner; git add -A; git commit -qm x
            cd ..; git clone -q --bare outer outer.git; cd outer.git; git update-server-info
            """, [copies.lab.path, server.url])
        let tree = try copies.listing(
            "FROM scratch\nADD \(server.url)/outer.git /1/\nADD \(server.url)/outer.git?submodules=false /2/\n"
        )
        #expect(tree["1/inner/a"] == "f 644 0:0" && tree["1/inner/.git"] == nil && tree["1/o"] != nil)
        #expect(tree["2/inner/a"] == nil && tree["2/o"] != nil)
    }

    /// A submodule of this host's own files is refused: it would bring them into the image.
    @Test func submodulesOfTheHostAreRefused() throws {
        try EquivalenceLab.shell(
            """
            export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a \
                GIT_COMMITTER_EMAIL=a@b
            cd "$0/git"; git init -q -b main evil; cd evil
            git -c protocol.file.allow=always submodule --quiet add "$0/git/work" inner; git add -A; git commit -qm x
            cd ..; git clone -q --bare evil evil.git; cd evil.git; git update-server-info
            """, [copies.lab.path])
        let ran = try copies.build("FROM scratch\nADD \(server.url)/evil.git /1/\n")
        #expect(
            ran.status == 1 && ran.errors.contains("cannot fetch \(server.url)/evil.git: "), "\(ran.errors)")
    }

    @Test func repositoriesAreContexts() throws {
        let flag = ["--build-context", "repo=\(address)#v1"]
        let tree = try copies.listing("FROM scratch\nCOPY --from=repo run sub /x/\n", flag)
        #expect(tree.keys.sorted() == ["x", "x/deep", "x/deep/s", "x/run"])
        let based = try copies.listing("FROM repo\n", flag)
        #expect(based["a"] == "f 644 0:0" && based[".git"] == nil)
    }

    @Test func whatIsWrongSaysWhere() throws {
        func errors(_ words: String) throws -> String {
            let ran = try copies.build("FROM scratch\nADD \(words) /r/\n")
            #expect(ran.status == 1)
            return ran.errors
        }
        let place = "error: \(copies.context)/Dockerfile:2: "
        #expect(
            try errors("\(address)#nothing").contains(
                "\(place)cannot find the commit of \(address)#nothing: it has no branch or tag nothing\n"))
        #expect(
            try errors("\(address)#v1:no/such").contains(
                "\(place)\(address)#v1:no/such has no directory no/such; check the path after the :\n"))
        #expect(try errors("\(address)#v1:link").contains("has no directory link"))
        #expect(
            try errors("--checksum=0000 \(address)#v1").contains(
                "\(place)\(address)#v1 is at commit \(commits[0]), not at the 0000 of --checksum; look at what changed there before you change the checksum\n"
            ))
        #expect(
            try errors("\(server.url)/none.git").contains(
                "\(place)cannot find the commit of \(server.url)/none.git: "))
        let secret = try errors("http://me:hunter2@127.0.0.1:\(server.port)/none.git")
        #expect(secret.split(separator: "\n").last { $0.hasPrefix("error: ") }?.contains("hunter2") == false)
    }

    /// Aliases, filters and templates of the caller change nothing.
    @Test func theCallersConfigurationDoesNotCount() throws {
        try copies.lab.write(
            "[core]\n\tautocrlf = true\n\tattributesFile = \(copies.lab.path)/attributes\n[url \"http://127.0.0.1:1/\"]\n\tinsteadOf = \(server.url)/\n",
            to: "home/.gitconfig")
        try copies.lab.write("* text eol=crlf\n", to: "attributes")
        _ = try copies.listing("FROM scratch\nADD \(address)#v1 /r/\n")
        #expect(try copies.text("r/a") == "one\n")
    }

    @Test func gitIsNeeded() throws {
        let bin = copies.lab.path + "/bin"
        try FileSystem.makeDirectories(bin, mode: 0o755)
        let file = try copies.lab.write("FROM scratch\nADD \(address) /r/\n", to: "context/Dockerfile")
        let ran = try EquivalenceLab.run(
            [
                "env", "-i", "PATH=\(bin)", "HOME=\(copies.lab.path)/home",
                "LD_LIBRARY_PATH=\(ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "")",
                copies.lab.path + "/chalk-image", "build", "-f", file, copies.context,
            ])
        #expect(ran.status == 1)
        #expect(
            ran.errors.contains(
                "Dockerfile:2: the program git is not installed; install it (Debian: apt-get install git)"),
            "\(ran.errors)")
    }
}
