import ChalkOCI
import Testing

struct DigestTests {
    @Test func knownVectors() {
        #expect(
            Digest.of([]).description
                == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            Digest.of(Array("abc".utf8)).hex
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func piecesGiveTheDigestOfTheWhole() {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var hasher = SHA256Hasher()
        var start = 0
        for size in [1, 63, 64, 65, 4096, 99_999] {
            let end = min(bytes.count, start + size)
            hasher.update(bytes[start..<end])
            start = end
        }
        #expect(hasher.finish() == Digest.of(bytes))
        let fork = hasher
        hasher.update("more")
        #expect(fork.finish() == Digest.of(bytes))
        #expect(hasher.finish() != fork.finish())
    }

    @Test(
        arguments: [
            "", "sha256:", "sha256:abc", "sha512:" + String(repeating: "a", count: 64),
            "sha256:" + String(repeating: "A", count: 64), "sha256:" + String(repeating: "g", count: 64),
            "sha256:" + String(repeating: "a", count: 65), "sha256:../" + String(repeating: "a", count: 61),
            String(repeating: "a", count: 64),
        ])
    func refuses(text: String) {
        #expect(Digest(text) == nil)
    }

    @Test func chainIDsFollowTheSpecification() throws {
        let first = DiffID(Digest.of([1]))
        let second = DiffID(Digest.of([2]))
        #expect(ChainID(of: []) == nil)
        #expect(ChainID(of: [first])?.digest == first.digest)
        let expected = Digest.of(Array("\(first) \(second)".utf8))
        #expect(ChainID(of: [first, second])?.digest == expected)
    }
}
