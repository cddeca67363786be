import ChalkOCI
import Testing

struct DocumentTests {
    private let digest = Digest.of([])

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (315_532_800, "1980-01-01T00:00:00Z"),
            (951_827_696, "2000-02-29T12:34:56Z"), (4_102_444_799, "2099-12-31T23:59:59Z"),
            (-1, "1969-12-31T23:59:59Z"), (-62_135_596_800, "0001-01-01T00:00:00Z"),
        ] as [(Int64, String)])
    func timestamps(seconds: Int64, text: String) {
        #expect(Timestamp(seconds).description == text)
    }

    @Test func manifestsSurviveTheirBytes() throws {
        let layer = Descriptor(mediaType: .layerGzip, digest: digest, size: 7, annotations: ["k": "v"])
        let manifest = Manifest(
            config: Descriptor(mediaType: .config, digest: digest, size: 3), layers: [layer],
            subject: Descriptor(mediaType: .manifest, digest: digest, size: 1), annotations: ["a": "b"])
        #expect(try Manifest(parsing: manifest.encoded()) == manifest)
    }

    @Test(
        arguments: [
            ("{}", "the manifest's schemaVersion is not 2"),
            (#"{"schemaVersion":2}"#, "the manifest has no config or no layers"),
            (
                #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","config":{},"layers":[]}"#,
                "the document is a application/vnd.oci.image.index.v1+json, not an image manifest"
            ),
            (#"{"schemaVersion":2,"config":{},"layers":[]}"#, "config.mediaType is missing"),
            (
                #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:00","size":1},"layers":[]}"#,
                "config.digest is not a sha256 digest"
            ),
        ])
    func wrongManifests(text: String, sentence: String) {
        let error = #expect(throws: OCIError.self) { try Manifest(parsing: Array(text.utf8)) }
        #expect(error?.description == sentence)
    }

    @Test func configsSurviveTheirBytes() throws {
        var runtime = RuntimeConfig()
        runtime.set("PATH", to: "/bin")
        runtime.set("A", to: "1")
        runtime.set("A", to: "2")
        runtime.entrypoint = ["/bin/sh"]
        runtime.command = ["-c", "echo \"hi\""]
        runtime.exposedPorts = ["80/tcp", "53/udp"]
        runtime.volumes = ["/data"]
        runtime.labels = ["z": "1", "a": "2"]
        runtime.healthcheck = RuntimeConfig.Healthcheck(test: ["CMD", "true"])
        runtime.healthcheck?.interval = 30_000_000_000
        let config = ImageConfig(
            platform: .host, created: Timestamp.defaultEpoch.description, author: "me", runtime: runtime,
            diffIDs: [DiffID(digest)],
            history: [.init(created: "x", createdBy: "RUN true", emptyLayer: true)])
        #expect(runtime.environment == ["PATH=/bin", "A=2"])
        #expect(try ImageConfig(parsing: config.encoded()) == config)
    }

    @Test func indexesChooseByPlatform() throws {
        func entry(_ os: String, _ architecture: String, _ variant: String? = nil) -> Descriptor {
            Descriptor(
                mediaType: .manifest, digest: Digest.of(Array((architecture + (variant ?? "")).utf8)),
                size: 1,
                platform: Platform(os: os, architecture: architecture, variant: variant))
        }
        let index = Index(manifests: [
            entry("windows", "amd64"), entry("linux", "arm", "v7"), entry("linux", "arm64", "v8"),
            entry("linux", "amd64"),
        ])
        #expect(index.manifest(for: Platform(os: "linux", architecture: "amd64"))?.platform?.os == "linux")
        #expect(index.manifest(for: Platform(os: "linux", architecture: "arm64"))?.platform?.variant == "v8")
        #expect(index.manifest(for: Platform(os: "linux", architecture: "arm", variant: "v6")) == nil)
        #expect(index.manifest(for: Platform(os: "linux", architecture: "s390x")) == nil)
        #expect(try Index(parsing: index.encoded()) == index)
    }
}
