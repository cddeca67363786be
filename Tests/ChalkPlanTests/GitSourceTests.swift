import ChalkPlan
import Testing

struct GitSourceTests {
    struct Case: Sendable {
        let text: String
        var remote: String
        var reference: String?
        var subdirectory: String?
        var checksum: String?
        var keeps: Bool?
        var submodules = true
    }

    @Test(arguments: [
        Case(text: "https://github.com/o/r.git", remote: "https://github.com/o/r.git"),
        Case(text: "https://h/r.git#v1", remote: "https://h/r.git", reference: "v1"),
        Case(text: "https://h/r.git#v1:a/b", remote: "https://h/r.git", reference: "v1", subdirectory: "a/b"),
        Case(text: "https://h/r.git#:a/../b/.", remote: "https://h/r.git", subdirectory: "b"),
        Case(text: "https://h/r.git#:../..", remote: "https://h/r.git"),
        Case(text: "git@github.com:o/r.git", remote: "git@github.com:o/r.git"),
        Case(text: "git@host:o/r#main", remote: "git@host:o/r", reference: "main"),
        Case(text: "me@host:o/r?branch=x", remote: "me@host:o/r", reference: "refs/heads/x"),
        Case(text: "ssh://git@host:22/o/r", remote: "ssh://git@host:22/o/r"),
        Case(text: "git://host/r#refs/pull/1/head", remote: "git://host/r", reference: "refs/pull/1/head"),
        Case(
            text: "https://h/r.git?tag=v1&subdir=a", remote: "https://h/r.git", reference: "refs/tags/v1",
            subdirectory: "a"),
        Case(text: "https://h/r.git?ref=v1#v1", remote: "https://h/r.git", reference: "v1"),
        Case(text: "https://h/r.git?branch=a%2Fb", remote: "https://h/r.git", reference: "refs/heads/a/b"),
        Case(
            text: "https://h/r.git?commit=ABC&keep-git-dir", remote: "https://h/r.git", checksum: "abc",
            keeps: true),
        Case(
            text: "https://h/r.git?submodules=false&keep-git-dir=0", remote: "https://h/r.git", keeps: false,
            submodules: false),
    ])
    func addresses(each: Case) throws {
        let source = try #require(try GitSource(each.text))
        #expect(source.remote == each.remote && source.reference == each.reference)
        #expect(source.subdirectory == each.subdirectory && source.checksum == each.checksum)
        #expect(source.keepsGitDirectory == each.keeps && source.takesSubmodules == each.submodules)
    }

    @Test(arguments: [
        "a/b", "./x", "../x.git", "https://h/r", "https://h/r.git.tar", "http://h/", "file:///r.git",
        "ftp://h/r.git",
        "a:b", "x@y", "@h:p", "C:\\x", "a b@h:p",
    ])
    func whatIsNoRepository(text: String) throws {
        #expect(try GitSource(text) == nil)
    }

    @Test(arguments: [
        ("https://h/r.git?ref=a&tag=b", "the address names two commits, "),
        ("https://h/r.git?ref=a#b", "the address names two commits, b and a"),
        ("https://h/r.git?subdir=a#:b", "the address names two directories, b and a"),
        ("https://h/r.git?branch=", "branch needs a value in the address of a repository"),
        ("https://h/r.git?ref=a&ref=a", "ref stands twice in the address of the repository"),
        (
            "https://h/r.git?depth=1",
            "depth is no option of a repository; there are ref, tag, branch, subdir, checksum, commit, keep-git-dir, submodules, fetch-by-commit and mtime"
        ),
        ("https://h/r.git?submodules=maybe", "submodules is true or false, not \"maybe\""),
        ("https://h/r.git?mtime=now", "mtime is checkout or commit, not \"now\""),
        ("https://h/r.git?commit=xyz", "\"xyz\" cannot begin the name of a commit; write hexadecimal digits"),
        ("https://h/r.git#--upload-pack=x", "\"--upload-pack=x\" cannot name a branch, tag or commit"),
        ("https://h/r.git#a..b", "\"a..b\" cannot name a branch, tag or commit"),
        ("https://h/r.git?fetch-by-commit", "fetch-by-commit needs the commit: add &commit=…"),
    ])
    func malformed(text: String, sentence: String) {
        let error = #expect(throws: GitSource.Malformed.self) { try GitSource(text) }
        #expect(error?.reason.hasPrefix(sentence) == true, "\(error?.reason ?? "")")
    }

    @Test func secretsStayOutOfWords() throws {
        let source = try #require(try GitSource("https://me:hunter2@h/r.git#main:x"))
        #expect(source.description == "https://h/r.git#main:x")
        #expect(source.remote == "https://me:hunter2@h/r.git")
        #expect(try GitSource("git@h:r.git")?.description == "git@h:r.git")
    }
}
