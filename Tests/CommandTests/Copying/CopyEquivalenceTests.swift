import ChalkSystem
import Foundation
import Testing

/// COPY and ADD against `buildah bud`: the same trees and configs.
@Suite(.serialized) struct CopyEquivalenceTests {
    /// Lines after `FROM localhost/busybox:test`; cases that begin with FROM stand alone.
    static let cases = [
        "COPY file.txt /new\nCOPY file.txt /made/here/\nCOPY file.txt /etc\nCOPY file.txt /etc/old.conf",
        "COPY dir /d1\nCOPY dir/ /d2/\nCOPY dir/. /d3\nCOPY dir/sub /etc",
        "COPY *.go /go/\nCOPY x?.go /one/\nCOPY x[12].go /set/\nCOPY many/*/f.txt /last/",
        "COPY file.txt notes.md dir /several/",
        "COPY link /by-link\nCOPY dirlink /by-dirlink\nCOPY dirlink/one /below-link",
        "COPY file.txt /srv/www/\nCOPY dir /srv/www/dir\nCOPY file.txt /srv/www/kept/file",
        "WORKDIR /work\nCOPY file.txt .\nCOPY file.txt ./sub/\nCOPY run.sh ../other\nCOPY dir dir",
        "COPY --chown=app file.txt /named\nCOPY --chown=app:extra dir /owned/dir\nCOPY --chown=5:6 run.sh /n/\nCOPY --chown=:extra file.txt /group",
        "COPY --chown=55 file.txt /number\nCOPY --chown=root:extra file.txt /root-extra",
        "COPY --chmod=0600 file.txt /m1\nCOPY --chmod=711 run.sh /m2",
        "COPY [\"with space\", \"/with space\"]\nCOPY !odd /odd",
        "FROM localhost/busybox:test AS made\nRUN mkdir -p /s/d && echo x > /s/d/f && ln -s f /s/d/l && ln -s d /s/dl && chown -R 3:4 /s && chmod 700 /s/d\nFROM localhost/busybox:test\nCOPY --from=made /s /s\nCOPY --from=made /s/dl /through/\nCOPY --from=made /s/d/l /file\nCOPY --from=0 /s/d/* /stars/",
        "COPY --from=localhost/busybox:test /etc/passwd /from-image\nCOPY --from=localhost/busybox:test /etc /etc-again",
        "FROM scratch\nCOPY dir /\nCOPY file.txt /a/b/c",
        "FROM scratch\nCOPY . /all/",
        "ADD t.tar /t1/\nADD t.tarz /t2/\nADD t.tarj /t3\nADD t.tarJ /t4/x/\nADD plain-name /t5",
        "ADD no.tar.gz /no/\nADD file.txt dir /added/\nCOPY t.tarz /kept/",
        "ADD t.tar /data/\nADD t.tar /srv/www/again",
    ]

    @Test func buildahMakesTheSame() throws {
        let copies = try CopyLab()
        let buildah = try BuildahImages(copies.lab)
        for lines in CopyEquivalenceTests.cases {
            let dockerfile = lines.hasPrefix("FROM") ? lines : "FROM localhost/busybox:test\n" + lines
            let ran = try copies.build(dockerfile + "\n")
            guard ran.status == 0 else {
                Issue.record("\(lines): \(ran.errors)")
                continue
            }
            let ours = try EquivalenceLab.listing(copies.tree)
            do {
                try buildah.build(copies.context, as: "theirs")
            } catch {
                Issue.record("\(lines): \(error)")
                continue
            }
            let differences = try buildah.withTree(of: "theirs") {
                ImageComparison.trees(ours, try EquivalenceLab.listing($0))
            }
            #expect(differences == [], "\(lines)")
            #expect(
                try ImageComparison.configs(try copies.lab.config("ours"), try buildah.config("theirs"))
                    == [],
                "\(lines)")
        }
    }
}
