import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// Images that mean harm, as a user would meet them: taken in, and a step run on them. `HostileLayerTests` has the
/// long list of layers; here it is what becomes of the store.
@Suite struct HostileImageTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// Whether already taking it in is refused.
        var isRefusedAtOnce = false
        let words: String
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        .init(name: "dotdot", words: "the archive's path ../escape is refused: it holds a .. component"),
        .init(name: "hardlink", words: "its target outside/secret is not there"),
        .init(name: "below-file", words: "below f are refused: it is no directory"),
        .init(name: "whiteout-dotdot", words: "the layer's whiteout a/.wh... is refused: it names no file"),
        .init(name: "overlay-device", words: "a character device 0/0 is a whiteout of overlayfs"),
        .init(name: "owner", words: "its owner 4294967295 is out of range"),
        .init(name: "cut", words: "it ends in the middle of a gzip member"),
        .init(name: "garbage", words: "incorrect header check"),
        .init(name: "short-tar", words: "the archive is damaged or cut short"),
        .init(name: "wrong-diffid", words: "its content has diffID sha256:"),
        .init(name: "wrong-size", isRefusedAtOnce: true, words: "bytes"),
        .init(name: "wrong-digest", isRefusedAtOnce: true, words: "sha256:"),
    ]

    private static let script = """
        import gzip, hashlib, io, json, os, sys, tarfile
        case = sys.argv[1]
        out = io.BytesIO()
        tar = tarfile.open(fileobj=out, mode='w', format=tarfile.PAX_FORMAT)
        def add(name, data=b'evil', type=tarfile.REGTYPE, link='', uid=0):
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.uid = type, link, uid
            info.size = len(data) if type == tarfile.REGTYPE else 0
            tar.addfile(info, io.BytesIO(data))
        add('fine')
        if case == 'dotdot': add('../escape')
        if case == 'hardlink':
            add('outside', type=tarfile.SYMTYPE, link=os.path.abspath('outside'))
            add('h', type=tarfile.LNKTYPE, link='outside/secret')
        if case == 'below-file': add('f'), add('f/x')
        if case == 'whiteout-dotdot': add('a/.wh...', b'')
        if case == 'overlay-device': add('x', type=tarfile.CHRTYPE)
        if case == 'owner': add('f', uid=4294967295)
        tar.close()
        plain = out.getvalue()
        if case == 'short-tar': plain = plain[:700]
        blob = gzip.compress(plain, mtime=0)
        if case == 'cut': blob = blob[:-20]
        if case == 'garbage': blob += b'and more'
        os.makedirs('image/blobs/sha256')
        def put(data, type):
            name = hashlib.sha256(data).hexdigest()
            open('image/blobs/sha256/' + name, 'wb').write(data)
            return {'mediaType': 'application/vnd.oci.image.' + type, 'digest': 'sha256:' + name, 'size': len(data)}
        layer = put(blob, 'layer.v1.tar+gzip')
        if case == 'wrong-size': layer['size'] += 1
        if case == 'wrong-digest':
            with open('image/blobs/sha256/' + layer['digest'][7:], 'r+b') as file: file.write(b'X')
        diff = hashlib.sha256(plain + (b'x' if case == 'wrong-diffid' else b'')).hexdigest()
        config = put(json.dumps({'architecture': 'amd64', 'os': 'linux', 'config': {},
            'rootfs': {'type': 'layers', 'diff_ids': ['sha256:' + diff]}}).encode(), 'config.v1+json')
        manifest = put(json.dumps({'schemaVersion': 2, 'config': config, 'layers': [layer],
            'mediaType': 'application/vnd.oci.image.manifest.v1+json'}).encode(), 'manifest.v1+json')
        manifest['annotations'] = {'org.opencontainers.image.ref.name': 'evil'}
        json.dump({'schemaVersion': 2, 'manifests': [manifest]}, open('image/index.json', 'w'))
        open('image/oci-layout', 'w').write('{"imageLayoutVersion": "1.0.0"}')
        """

    @Test(arguments: cases) func leavesNothing(_ hostile: Case) throws {
        let lab = try CommandLab()
        try lab.write("untouched\n", "outside/secret")
        try lab.write(Self.script, "image.py")
        try lab.tool("python3", "-W", "error", "image.py", hostile.name)
        try lab.write("FROM evil\nRUN [\"/fine\"]\n", "Dockerfile")
        // The store itself, and what is in it before.
        try lab.check("images")
        let before = try lab.listing("outside")

        var ran = try lab.chalk(["import", "image", "-t", "evil"])
        if !hostile.isRefusedAtOnce {
            try #require(ran.status == 0, "\(ran.errors)")
            ran = try lab.chalk(["build", "-f", "Dockerfile", ".", "-t", "made"])
        }
        #expect(ran.status == 1)
        #expect(ran.errors.contains(hostile.words), "\(ran.errors)")
        #expect(!ran.errors.contains("Fatal"))

        #expect(try lab.listing("outside") == before)
        #expect(try !lab.exists("escape"))
        let find = "find \(lab.store)/chalk/snapshots -mindepth 1 -maxdepth 1 ! -name locks || true"
        let snapshots = try lab.tool("sh", "-c", find)
        #expect(snapshots.output.isEmpty, "\(snapshots.output)")
        #expect(try lab.tool("sh", "-c", "ls \(lab.store)/chalk/ingests 2>/dev/null || true").output.isEmpty)
        #expect(try !lab.check("images").output.contains("made"))
        if hostile.isRefusedAtOnce { #expect(try !lab.check("images").output.contains("evil")) }
        #expect(try lab.check("verify").status == 0)
    }
}
