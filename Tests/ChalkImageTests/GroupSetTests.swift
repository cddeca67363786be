import ChalkOCI
import Testing

@testable import ChalkImage

/// Sets of groups as registries may send them.
@Suite struct GroupSetTests {
    private static let image = Descriptor(mediaType: .manifest, digest: .of([1]), size: 1)

    private static func set(_ paths: [String], artifactType: String? = GroupSet.artifactType) -> [UInt8] {
        Index(
            artifactType: artifactType,
            manifests: paths.map { path in
                Descriptor(
                    mediaType: .manifest, digest: .of(Array(path.utf8)), size: 2,
                    annotations: [GroupImage.Annotation.path: path])
            }, subject: image
        ).encoded()
    }

    @Test func aSetIsReadAsItWasWritten() throws {
        let set = try GroupSet(parsing: GroupSetTests.set(["/app/x", "/app", "/app-2"]))
        #expect(set.members.map(\.mountPath) == ["/app", "/app-2", "/app/x"])
        #expect(set.subject.digest == GroupSetTests.image.digest)
        #expect(try GroupSet(parsing: set.encoded) == set)
        #expect(try GroupSet(parsing: GroupSetTests.set([])).members == [])
    }

    @Test(
        arguments: [
            (["/"], "\"/\" is no path to mount a group at"), ([""], "\"\" is no path to mount a group at"),
            (["app"], "\"app\" is no path to mount a group at"),
            (["/a/../b"], "\"/a/../b\" is no path to mount a group at"),
            (["/a/"], "\"/a/\" is no path to mount a group at"),
            (["/a", "/a"], "two groups are mounted at /a"),
            ((0...1_000).map { "/\($0)" }, "the set has more than 1000 groups"),
        ])
    func hostilePathsAreRefused(paths: [String], problem: String) {
        let error = #expect(throws: OCIError.self) { try GroupSet(parsing: GroupSetTests.set(paths)) }
        #expect(error?.description == problem)
    }

    @Test func otherIndexesAreNoSets() {
        #expect(throws: OCIError.self) {
            try GroupSet(parsing: GroupSetTests.set(["/a"], artifactType: nil))
        }
    }

    @Test func theTagBesideALongTagIsADigestOfIt() throws {
        let short = try Reference("r.test/a:v1")
        #expect(GroupTag.reference(for: short)?.tag == "v1.groups")
        let long = try Reference("r.test/a:" + String(repeating: "v", count: 125))
        #expect(GroupTag.reference(for: long)?.tag?.utf8.count == 71)
        #expect(GroupTag.reference(for: try Reference("r.test/a@\(Digest.of([]))")) == nil)
    }
}
