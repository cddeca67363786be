import Testing

@testable import ChalkExec

/// The files of `/proc/sys/fs/binfmt_misc`.
struct BinaryFormatsTests {
    private static func entry(
        _ state: String = "enabled", flags: String = "F",
        magic: String = "7f454c460201010000000000000000000200b700"
    ) -> String {
        "\(state)\ninterpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P\nflags: \(flags)\noffset 0\n"
            + "magic \(magic)\nmask ffffffffffffff00fffffffffffffffffeffffff\n"
    }

    @Test(arguments: [
        ("arm64", entry(), true), ("arm64", entry(flags: "POCF"), true), ("arm", entry(), false),
        ("arm64", entry("disabled"), false), ("arm64", entry(flags: "OC"), false),
        ("s390x", entry(magic: "7f454c4602020100000000000000000000020016"), true),
        ("arm64", entry(magic: "7f45"), false), ("pdp11", entry(), false), ("arm64", "", false),
    ])
    func entries(architecture: String, entry: String, expected: Bool) {
        #expect(BinaryFormats.emulates(architecture, entry: entry) == expected)
    }
}
