import ChalkOCI
import Testing

struct PercentEncodingTests {
    @Test(
        arguments: [
            ("", ""), ("aZ09-._~", "aZ09-._~"), ("a b+c", "a%20b%2Bc"), ("50%", "50%25"),
            ("ä\n", "%C3%A4%0A"),
        ])
    func thereAndBack(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
        #expect(PercentEncoding.decode(encoded[...]) == text)
    }

    @Test(
        arguments: [
            ("%2f%2F", "//"), ("a+b", "a+b"), ("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("%+4%-0", "%+4%-0"),
            ("%%41", "%A"), ("%2541", "%41"), ("%FF", "\u{FFFD}"),
        ])
    func whatIsNoEscapeStays(text: String, decoded: String) {
        #expect(PercentEncoding.decode(text[...]) == decoded)
    }

    @Test func choices() {
        #expect(PercentEncoding.encode("/a b", keeping: { $0 != 0x20 }) == "/a%20b")
        #expect(PercentEncoding.decode("a+b%2B", plusIsSpace: true) == "a b+")
    }
}
