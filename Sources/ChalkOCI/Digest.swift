/// `sha256:` and 64 lower-case hexadecimal digits: the name of some bytes.
///
/// OCI image-spec, descriptor.md#digests. SHA-256 is the one algorithm here; others are refused when parsed.
public struct Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The 64 hexadecimal digits.
    public let hex: String

    /// A digest from its 32 bytes.
    package init(bytes: some Sequence<UInt8>) {
        hex = Hexadecimal.encode(bytes)
    }

    /// The 32 bytes.
    package var bytes: [UInt8] { Hexadecimal.decode(hex) ?? [] }

    /// A digest from text like `sha256:…`; nil when it is not one.
    public init?(_ text: String) {
        let prefix = "sha256:"
        guard text.hasPrefix(prefix) else { return nil }
        self.init(hex: String(text.dropFirst(prefix.count)))
    }

    /// A digest from its digits alone; nil unless there are 64 lower-case ones.
    package init?(hex: String) {
        guard hex.utf8.count == 64, hex.utf8.allSatisfy(Hexadecimal.isLowerCaseDigit) else { return nil }
        self.hex = hex
    }

    /// The digest of bytes that are at hand.
    package static func of(_ bytes: [UInt8]) -> Digest {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// `sha256:…`.
    public var description: String { "sha256:" + hex }

    /// The first twelve digits, for people.
    public var short: String { String(hex.prefix(12)) }

    /// Byte order.
    public static func < (a: Digest, b: Digest) -> Bool { a.hex < b.hex }
}
