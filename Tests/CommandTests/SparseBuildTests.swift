import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// A context with a file that is mostly a hole.
@Suite struct SparseBuildTests {
    @Test(arguments: [[], ["--estargz"], ["--compression", "zstd"]])
    func holesAreZerosInTheLayerAndCostNoReading(_ flags: [String]) throws {
        let lab = try CommandLab()
        try lab.write("FROM scratch\nCOPY tree /\n", "Dockerfile")
        try lab.write("small\n", "tree/small")
        try lab.tool(
            "python3", "-c",
            """
            with open('tree/sparse', 'wb') as file:
                for place in (0, 12345678, 100 << 20, (192 << 20) - 9):
                    file.seek(place)
                    file.write(b'data at %d' % place)
                file.truncate(192 << 20)
            """)
        let size = try lab.tool("stat", "-c", "%s", "tree/sparse").line
        _ = try BuiltCommand.check(
            try lab.command(
                [
                    "build", "--progress=quiet", "-f", "Dockerfile", ".", "-t", "x", "-o",
                    "type=tar,dest=out.tar",
                ]
                    + flags), in: lab.path)
        // Nothing but the islands is in the page cache.
        let resident = try lab.tool("fincore", "-n", "-b", "-o", "RES", "tree/sparse").line
        #expect(
            (Int(resident.trimmingCharacters(in: .whitespaces)) ?? .max) < 16 << 20, "\(resident) of \(size)")

        let hash = try lab.tool("sh", "-c", "sha256sum < tree/sparse").line
        #expect(try lab.tool("sh", "-c", "tar -xOf out.tar sparse | sha256sum").line == hash)
        let image = try object(try lab.check("inspect", "x", "--json").bytes)
        let manifest = try #require(image["manifest"] as? [String: Any])
        let sizes = try objects(manifest["layers"]).compactMap { $0["size"] as? Int }
        #expect(!sizes.isEmpty && sizes.reduce(0, +) < 1 << 20, "\(sizes)")
    }
}
