import ChalkSystem
import Foundation
import Testing

/// ADD of local archives, beyond what Buildah answers.
@Suite(.serialized) struct AddArchiveTests {
    private let copies: CopyLab

    init() throws { copies = try CopyLab() }

    @Test func everyCompressionIsSeenByContent() throws {
        let tree = try copies.listing(
            "FROM scratch\nADD t.tar /1/\nADD t.tarz /2/\nADD t.tarj /3/\nADD t.tarJ /4/\nADD t.tarzst /5/\nADD plain-name /6/\nADD no.tar.gz /7/\n"
        )
        for number in 1...6 {
            #expect(
                tree["\(number)/t"] == "d 750 7:8" && tree["\(number)/t/run"] == "f 4755 7:8", "\(number)")
            #expect(
                tree["\(number)/t/link"] == "l file" && tree["\(number)/t/sub/hard"] == "f 644 7:8",
                "\(number)")
        }
        #expect(tree["7/no.tar.gz"] == "f 644 0:0")
    }

    @Test func ownersModesAndExcludesReachWhatIsUnpacked() throws {
        let tree = try copies.listing(
            "FROM scratch\nADD --chown=1:2 --chmod=go= --exclude=t/sub t.tar /x/\n")
        #expect(tree["x"] == "d 755 1:2" && tree["x/t"] == "d 700 1:2" && tree["x/t/file"] == "f 600 1:2")
        #expect(tree["x/t/sub"] == nil)
    }

    /// Entries take the place of what is there, and links of the archive are followed inside the destination.
    @Test func linksAndReplacements() throws {
        try EquivalenceLab.shell(
            """
            mkdir -p "$0/../l/www/kept" "$0/../m/d"; cd "$0/../l"; echo new > www/kept/file
            ln -s /d m; ln -s ../../../../etc up; tar -cf "$0/l.tar" m up www
            cd ../m; echo through > d/f; tar -cf "$0/m.tar" d; cd "$0"
            python3 - <<'E'
            import tarfile, io
            t = tarfile.open('through.tar', 'w')
            l = tarfile.TarInfo('m'); l.type = tarfile.SYMTYPE; l.linkname = '/d'; t.addfile(l)
            d = tarfile.TarInfo('d'); d.type = tarfile.DIRTYPE; d.mode = 0o755; t.addfile(d)
            f = tarfile.TarInfo('m/f'); f.size = 2; t.addfile(f, io.BytesIO(b'f\\n'))
            t.close()
            E
            """, [copies.context])
        let tree = try copies.listing(
            "FROM localhost/busybox:test\nADD l.tar /srv/\nADD through.tar /t/\n")
        #expect(
            tree["srv/www"] == "d 755 0:0" && tree["srv/www/kept/file"] != nil
                && tree["srv/up"] == "l ../../../../etc")
        #expect(tree["data/kept/file"] != nil)
        #expect(tree["t/m"] == "l /d" && tree["t/d/f"] == "f 644 0:0" && tree["d"] == nil)
    }

    @Test(arguments: [
        ("../out", "the archive's path ../out is refused: it holds a .. component"),
        ("hard", "its hard link hard leads to etc/passwd, which is no file that comes before it"),
        ("cut", "the archive is damaged or cut short"),
        (
            ".wh.x",
            ".wh.x cannot be stored in a layer: names that begin with .wh. are whiteouts there; rename it"
        ),
    ])
    func hostileArchives(kind: String, sentence: String) throws {
        try EquivalenceLab.shell(
            """
            cd "$0"; python3 - "$1" <<'E'
            import tarfile, io, sys
            kind = sys.argv[1]
            t = tarfile.open('bad.tar', 'w')
            f = tarfile.TarInfo('ok' if kind in ('hard', 'cut') else kind); f.size = 100000
            t.addfile(f, io.BytesIO(b'x' * 100000))
            if kind == 'hard':
                h = tarfile.TarInfo('hard'); h.type = tarfile.LNKTYPE; h.linkname = '/etc/passwd'; t.addfile(h)
            t.close()
            if kind == 'cut':
                open('bad.tar', 'r+b').truncate(50000)
            E
            """, [copies.context, kind])
        let ran = try copies.build("FROM localhost/busybox:test\nADD bad.tar /x/\n")
        #expect(ran.status == 1)
        #expect(ran.errors.contains("\(copies.context)/Dockerfile:2: "), "\(ran.errors)")
        #expect(ran.errors.contains(sentence), "\(ran.errors)")
    }

    /// FIFOs, devices and attributes come along, also through COPY --from.
    @Test func nodesAndAttributes() throws {
        try EquivalenceLab.shell(
            """
            cd "$0"; python3 - <<'E'
            import tarfile, io
            t = tarfile.open('nodes.tar', 'w', format=tarfile.PAX_FORMAT)
            for name, kind, numbers in [('fifo', tarfile.FIFOTYPE, (0, 0)), ('null', tarfile.CHRTYPE, (1, 3)), ('disk', tarfile.BLKTYPE, (8, 17))]:
                n = tarfile.TarInfo(name); n.type = kind; n.mode = 0o640; n.devmajor, n.devminor = numbers; t.addfile(n)
            f = tarfile.TarInfo('capable'); f.size = 1; f.mode = 0o755
            f.pax_headers = {'SCHILY.xattr.user.colour': 'red', 'SCHILY.xattr.security.selinux': 'host'}
            t.addfile(f, io.BytesIO(b'x')); t.close()
            E
            """, [copies.context])
        let ran = try copies.lab.chalk(
            [
                "build", "-f",
                try copies.lab.write(
                    "FROM scratch AS a\nADD nodes.tar /n/\nFROM scratch\nCOPY --from=a --chown=5:6 /n /copied\n",
                    to: "context/Dockerfile"),
                copies.context, "-o", "type=tar,dest=\(copies.lab.path)/out.tar",
            ])
        try #require(ran.status == 0, "\(ran.errors)")
        let listing = try EquivalenceLab.shell(
            "tar --numeric-owner --xattrs -tvvf \"$0\" | awk '{print $1, $2, $3, $NF}'",
            [copies.lab.path + "/out.tar"])
        #expect(
            listing.contains("crw-r----- 5/6 1,3 copied/null")
                && listing.contains("brw-r----- 5/6 8,17 copied/disk"), "\(listing)")
        #expect(listing.contains("prw-r----- 5/6 0 copied/fifo"), "\(listing)")
        let bytes = try String(
            decoding: Data(contentsOf: URL(fileURLWithPath: copies.lab.path + "/out.tar")), as: UTF8.self)
        #expect(bytes.contains("SCHILY.xattr.user.colour=red") && !bytes.contains("selinux"))
    }

    @Test func plansKnowArchives() throws {
        let file = "FROM localhost/busybox:test\nADD t.tarJ /x/\n"
        #expect(try copies.plan(file).verdict == "miss")
        try #require(try copies.build(file).status == 0)
        #expect(try copies.plan(file).verdict == "hit")
    }
}
