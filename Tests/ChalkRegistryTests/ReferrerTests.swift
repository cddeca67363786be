import ChalkOCI
import ChalkSystem
import Testing

@testable import ChalkRegistry

/// Referrers of a registry that keeps them.
@Suite struct ReferrerTests {
    @Test func anIndexWithASubjectIsListed() throws {
        let registry = try MemoryRegistry(keepsReferrers: true)
        let client = RegistryClient(options: .testing())
        let place = registry.reference()
        let subject = Descriptor(mediaType: .manifest, digest: .of([1]), size: 1)
        let index = Index(artifactType: "application/x-set", manifests: [], subject: subject)
        for _ in 0..<2 { try client.attach(manifest: index.encoded(), to: place) }
        let found = try client.referrers(of: subject.digest, in: place, artifactType: "application/x-set")
        #expect(found.map(\.digest) == [.of(index.encoded())])
        // No tag stands in for what the registry does itself.
        #expect(registry.with { $0.manifests.keys.sorted() } == ["app:\(Digest.of(index.encoded()))"])
        #expect(registry.log.count { $0.hasPrefix("PUT") } == 1)
        #expect(try !client.hasManifest(at: place))
        #expect(try client.manifestIfPresent(place) == nil)
    }
}
