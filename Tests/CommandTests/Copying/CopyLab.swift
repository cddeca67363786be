import ChalkSystem
import Foundation
import Testing

/// A build context with a bit of everything, and builds of small Dockerfiles on it.
final class CopyLab: Sendable {
    let lab: EquivalenceLab
    /// The context's directory.
    let context: String

    init() throws {
        lab = try EquivalenceLab()
        try lab.makeBase()
        context = lab.path + "/context"
        try EquivalenceLab.shell(CopyLab.script, [context])
    }

    private static let script = """
        umask 022; mkdir -p "$0/dir/sub" "$0/dir/empty" "$0/many/a/deep" "$0/many/b"; cd "$0"
        echo file > file.txt; echo one > dir/one; echo two > dir/sub/two; ln -s one dir/inner
        echo 1 > x1.go; echo 2 > x2.go; echo md > notes.md; echo '#!/bin/sh' > run.sh; chmod 755 run.sh
        ln -s file.txt link; ln -s dir dirlink; ln -s nowhere dangling
        echo a > many/a/f.txt; echo d > many/a/deep/g.txt; echo m > many/a/deep/h.md; echo b > many/b/f.txt
        echo secret > hidden; echo odd > '!odd'; echo space > 'with space'; echo br > 'br[1].txt'
        printf 'hidden\\nDockerfile\\n' > .dockerignore
        mkdir -p ../tree/t/sub; cd ../tree; echo t > t/file; chmod 750 t; ln -s file t/link; ln t/file t/sub/hard
        echo x > t/run; chmod 4755 t/run
        for kind in '' z j J; do
            tar --sort=name --owner=7:7 --group=8:8 --numeric-owner --mtime=@1000000000 -c${kind}f "$0/t.tar$kind" t
        done
        zstd -q "$0/t.tar" -o "$0/t.tarzst"; cp "$0/t.tarz" "$0/plain-name"; gzip -c "$0/file.txt" > "$0/no.tar.gz"
        """

    /// Writes the Dockerfile and builds it; the tree goes to ``tree``.
    func build(_ dockerfile: String, _ flags: [String] = [], at name: String = "Dockerfile") throws
        -> EquivalenceLab.Ran
    {
        let file = try lab.write(dockerfile, to: "context/\(name)")
        try EquivalenceLab.shell("rm -rf \"$0\"", [tree])
        return try lab.chalk(
            ["build", "-f", file, context, "-t", "ours", "-o", "type=dir,dest=\(tree)"] + flags)
    }

    /// Where the last build's tree is.
    var tree: String { lab.path + "/ours" }

    /// Builds and gives what is below a directory of the tree: type, mode, owner, target by path.
    func listing(
        _ dockerfile: String, _ flags: [String] = [], below directory: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [String: String] {
        let ran = try build(dockerfile, flags)
        try #require(ran.status == 0, "\(ran.errors)", sourceLocation: sourceLocation)
        let path = directory.isEmpty ? tree : "\(tree)/\(directory)"
        return try EquivalenceLab.listing(path).mapValues { entry in
            let fields = entry.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            return (fields[0] == "l" ? [fields[0], fields[3]] : Array(fields.prefix(3))).joined(
                separator: " ")
        }
    }

    func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(tree)/\(path)", encoding: .utf8)
    }

    /// What a plan says of its last step: `hit`, or the reason of a miss.
    func plan(_ dockerfile: String, _ flags: [String] = []) throws -> (
        verdict: String, reason: String, key: String
    ) {
        let file = try lab.write(dockerfile, to: "context/Dockerfile")
        let ran = try lab.chalk(["plan", "-f", file, context, "--json"] + flags)
        try #require(ran.status == 0, "\(ran.errors)")
        let steps = try #require(try EquivalenceLab.object(ran.output)["steps"] as? [[String: Any]])
        let last = try #require(steps.last)
        return (
            last["verdict"] as? String ?? "", last["reason"] as? String ?? "", last["key"] as? String ?? ""
        )
    }
}
