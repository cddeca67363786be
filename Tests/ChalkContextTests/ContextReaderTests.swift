import ChalkContext
import ChalkSystem
import Testing

@Suite struct ContextReaderTests {
    @Test(arguments: [
        ("", ContextError.Code.path), ("../x", .path), ("a/../f", .path), ("/etc/passwd", .path),
        ("a//f", .path), ("missing", .vanished), ("f/x", .vanished), ("link", .changed),
        ("dirlink/f", .vanished), ("fifo", .changed), ("a", .changed),
    ]) func opensOnlyFilesBelowTheRoot(path: String, code: ContextError.Code) throws {
        let tree = try Tree()
        try tree.file("a/f")
        try tree.file("f")
        try tree.root.makeLink("link", to: "f")
        try tree.root.makeLink("dirlink", to: "a")
        try tree.root.makeNode("fifo", type: 0o010000, mode: 0o600, device: 0)
        var reader = try ContextReader.open(tree.root)
        let error = #expect(throws: ContextError.self) { _ = try reader.open(bytes(path)) }
        #expect(error?.code == code)
        _ = try reader.open(bytes("a/f"))
    }

    @Test func filesThatVanishBeforeTheyAreRead() throws {
        let tree = try Tree()
        try tree.file("f")
        var reader = try ContextReader.open(tree.root)
        try tree.root.removeFile("f")
        let error = #expect(throws: ContextError.self) { _ = try reader.open(bytes("f")) }
        #expect(error?.code == .vanished)
    }

    @Test(arguments: [
        (FileStatus.Kind.file, UInt32(0o600), UInt32(0o644)), (.file, 0o4700, 0o755), (.file, 0o055, 0o644),
        (.directory, 0o700, 0o755), (.link, 0o777, 0o777), (.fifo, 0o666, 0o644),
    ]) func modesAsTheyLandInAnImage(kind: FileStatus.Kind, mode: UInt32, wanted: UInt32) {
        #expect(ImageMode.of(kind, mode) == wanted)
    }
}
