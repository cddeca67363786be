import ChalkOCI
import ChalkSystem
import Foundation
import Testing

@testable import ChalkArchive

/// One layer that means harm, and what must come of it.
struct HostileLayer: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable {
        /// Refused; the sentence holds these words.
        case refused(String)
        /// Applied inside the root, where these paths have these types.
        case applied([String: FileStatus.Kind])
    }

    let name: String
    let outcome: Outcome
    /// Only where this is given in overlay form it differs from the merged one.
    var overlayOutcome: Outcome?
    var limits = ArchiveLimits()
    let make: @Sendable (_ outside: String) throws -> [UInt8]

    var testDescription: String { name }
}

private func raw(_ body: (inout RawTar) -> Void) -> [UInt8] {
    var tar = RawTar()
    body(&tar)
    return tar.ended
}

private func gzip(_ bytes: [UInt8]) throws -> [UInt8] { try GzipEncoder(level: 6).encode(bytes) }

private func limits(_ change: (inout ArchiveLimits) -> Void) -> ArchiveLimits {
    var limits = ArchiveLimits()
    change(&limits)
    return limits
}

private let evil = bytes("evil")

let hostileLayers: [HostileLayer] = [
    // Paths.
    .init(name: "a file above the root", outcome: .refused("../escape is refused: it holds a .. component")) {
        _ in
        raw { $0.add("../escape", "0", evil) }
    },
    .init(name: ".. in the middle", outcome: .refused("holds a .. component")) { _ in
        raw { $0.add("a/../../escape", "0", evil) }
    },
    .init(name: ".. at the end", outcome: .refused("holds a .. component")) { _ in raw { $0.add("a/..", "5") }
    },
    .init(name: ".. alone", outcome: .refused("holds a .. component")) { _ in
        raw { $0.add("..", "5", mode: 0o777) }
    },
    .init(name: ".. in a pax path", outcome: .refused("holds a .. component")) { _ in
        raw {
            $0.pax([("path", bytes("x/../../../escape"))])
            $0.add("innocent", "0", evil)
        }
    },
    .init(name: ".. in a GNU long name", outcome: .refused("holds a .. component")) { _ in
        raw {
            $0.long(bytes("../escape"))
            $0.add("innocent", "0", evil)
        }
    },
    .init(name: "an absolute path", outcome: .applied(["etc/passwd": .file])) { _ in
        raw { $0.add("/etc/passwd", "0", evil) }
    },
    .init(name: "the absolute path of something real", outcome: .applied([:])) { outside in
        raw {
            $0.long(bytes(outside + "/secret"))
            $0.add("x", "0", evil)
        }
    },
    .init(name: "slashes and dots", outcome: .applied(["x/y/z": .file])) { _ in
        raw { $0.add(".//x///y/./z", "0", evil) }
    },
    .init(name: "a NUL in a pax path", outcome: .applied(["a": .file])) { _ in
        raw {
            $0.pax([("path", bytes("a\u{0}/../../escape"))])
            $0.add("innocent", "0", evil)
        }
    },
    .init(name: "a component of 300 bytes", outcome: .refused("name too long")) { _ in
        raw {
            $0.long([UInt8](repeating: 0x61, count: 300))
            $0.add("x", "0", evil)
        }
    },
    .init(name: "a path of 5,000 bytes", outcome: .refused("a path of 5000 bytes where 4096 are allowed")) {
        _ in
        raw {
            $0.long(Array(repeatElement(bytes("d/"), count: 2_500).joined()))
            $0.add("x", "0", evil)
        }
    },
    .init(name: "a path of 1,500 directories", outcome: .refused("more than the 512 components")) { _ in
        raw {
            $0.long(Array(repeatElement(bytes("a/"), count: 1_500).joined()) + bytes("f"))
            $0.add("x", "0", evil)
        }
    },
    .init(name: "a path of 250 directories", outcome: .applied(["a/a/a": .directory])) { _ in
        raw {
            $0.long(Array(repeatElement(bytes("a/"), count: 250).joined()) + bytes("f"))
            $0.add("x", "0", evil)
        }
    },
    // Links.
    .init(name: "a file through a link to /", outcome: .applied(["evil": .link, "x": .file])) { _ in
        raw {
            $0.add("evil", "2", link: "/")
            $0.add("evil/x", "0", evil)
        }
    },
    .init(name: "a file through a link to outside", outcome: .applied(["evil": .link])) { outside in
        raw {
            $0.add("evil", "2", link: outside)
            $0.add("evil/secret", "0", evil)
        }
    },
    .init(
        name: "a file through a relative link out",
        outcome: .applied(["evil": .link, "outside/secret": .file])
    ) { _ in
        raw {
            $0.add("evil", "2", link: "../../../../outside")
            $0.add("evil/secret", "0", evil)
        }
    },
    .init(name: "a file through two links", outcome: .applied(["outside/x": .file])) { _ in
        raw {
            $0.add("a", "2", link: "../outside")
            $0.add("b", "2", link: "a")
            $0.add("b/x", "0", evil)
        }
    },
    .init(name: "links that go round", outcome: .refused("its links go round or are too many")) { _ in
        raw {
            $0.add("a", "2", link: "b")
            $0.add("b", "2", link: "a")
            $0.add("a/x", "0", evil)
        }
    },
    .init(name: "a link to itself", outcome: .refused("its links go round or are too many")) { _ in
        raw {
            $0.add("a", "2", link: "a")
            $0.add("a/x", "0", evil)
        }
    },
    .init(name: "links that grow", outcome: .refused("its links")) { _ in
        raw {
            $0.add("a", "2", link: "a/a/a/a/a/a/a/a/a/a/a/a")
            $0.add("a/x", "0", evil)
        }
    },
    .init(name: "a link, then a file in its place", outcome: .applied(["evil": .file])) { outside in
        raw {
            $0.add("evil", "2", link: outside + "/secret")
            $0.add("evil", "0", evil)
        }
    },
    .init(
        name: "a link, then a directory in its place",
        outcome: .applied(["evil": .directory, "evil/secret": .file])
    ) { outside in
        raw {
            $0.add("evil", "2", link: outside)
            $0.add("evil", "5", mode: 0o755)
            $0.add("evil/secret", "0", evil)
        }
    },
    .init(name: "a directory, then a link in its place", outcome: .applied(["evil": .link])) { outside in
        raw {
            $0.add("evil", "5", mode: 0o755)
            $0.add("evil/x", "0", evil)
            $0.add("evil", "2", link: outside)
            $0.add("evil/secret", "0", evil)
        }
    },
    .init(name: "a link target of 5,000 bytes", outcome: .refused("its link target is too long")) { _ in
        raw {
            $0.long([UInt8](repeating: 0x61, count: 5_000), "K")
            $0.add("x", "2", link: "aaa")
        }
    },
    .init(name: "an empty link", outcome: .refused("it is a link that says nothing")) { _ in
        raw { $0.add("x", "2") }
    },
    // Hard links.
    .init(name: "a hard link above the root", outcome: .refused("holds a .. component")) { _ in
        raw { $0.add("h", "1", link: "../outside/secret") }
    },
    .init(name: "a hard link to an absolute path", outcome: .refused("h is refused: its target")) { outside in
        raw {
            $0.long(bytes(outside + "/secret"), "K")
            $0.add("h", "1", link: "x")
        }
    },
    .init(name: "a hard link through a link out", outcome: .refused("its target d/secret is not there")) {
        outside in
        raw {
            $0.add("d", "2", link: outside)
            $0.add("h", "1", link: "d/secret")
        }
    },
    .init(name: "a hard link to a link out, then written", outcome: .applied(["l": .link, "h": .file])) {
        outside in
        raw {
            $0.add("l", "2", link: outside + "/secret")
            $0.add("h", "1", link: "l")
            $0.add("h", "0", evil)
        }
    },
    .init(name: "a hard link to nothing", outcome: .refused("its target nothing is not there")) { _ in
        raw { $0.add("h", "1", link: "nothing") }
    },
    .init(name: "a hard link to itself", outcome: .refused("its target h is not there")) { _ in
        raw { $0.add("h", "1", link: "h") }
    },
    .init(name: "a hard link to a directory", outcome: .refused("its target d is a directory")) { _ in
        raw {
            $0.add("d", "5", mode: 0o755)
            $0.add("h", "1", link: "d")
        }
    },
    .init(name: "a hard link to the root", outcome: .refused("it is a hard link to the root")) { _ in
        raw { $0.add("h", "1", link: "./") }
    },
    .init(name: "a hard link over its own directory", outcome: .refused("cannot unpack d")) { _ in
        raw {
            $0.add("d", "5", mode: 0o755)
            $0.add("d/f", "0", evil)
            $0.add("d", "1", link: "d/f")
        }
    },
    // Types.
    .init(
        name: "an overlay whiteout as a device",
        outcome: .refused("a character device 0/0 is a whiteout of overlayfs")
    ) { _ in
        raw { $0.add("x", "3", major: 0, minor: 0) }
    },
    .init(name: "a device node", outcome: .applied(["null": .characterDevice])) { _ in
        raw { $0.add("null", "3", major: 1, minor: 3) }
    },
    .init(name: "a file over a FIFO", outcome: .applied(["p": .file])) { _ in
        raw {
            $0.add("p", "6")
            $0.add("p", "0", evil)
        }
    },
    .init(name: "a root that is a link", outcome: .refused("the archive's root entry is refused")) {
        outside in
        raw { $0.add("./", "2", link: outside) }
    },
    .init(name: "a root that is a FIFO", outcome: .refused("the archive's root entry is refused")) { _ in
        raw { $0.add(".", "6") }
    },
    // Duplicates and types that change.
    .init(name: "the same file twice", outcome: .applied(["f": .file])) { _ in
        raw {
            $0.add("f", "0", bytes("first"))
            $0.add("f", "0", evil)
        }
    },
    .init(name: "a file, then a directory", outcome: .applied(["d/x": .file])) { _ in
        raw {
            $0.add("d", "0", evil)
            $0.add("d", "5", mode: 0o755)
            $0.add("d/x", "0", evil)
        }
    },
    .init(name: "a directory, then a file", outcome: .applied(["d": .file])) { _ in
        raw {
            $0.add("d", "5", mode: 0o755)
            $0.add("d/x", "0", evil)
            $0.add("d", "0", evil)
        }
    },
    .init(name: "an entry below a file", outcome: .refused("below f are refused: it is no directory")) { _ in
        raw {
            $0.add("f", "0", evil)
            $0.add("f/x", "0", evil)
        }
    },
    // Whiteouts.
    .init(name: "a whiteout of ..", outcome: .refused("it names no file")) { _ in raw { $0.add("a/.wh...") }
    },
    .init(name: "a whiteout of .", outcome: .refused("it names no file")) { _ in raw { $0.add(".wh..") } },
    .init(name: "a whiteout of nothing", outcome: .refused("it names no file")) { _ in
        raw { $0.add("a/.wh.") }
    },
    .init(name: "a whiteout that is a directory", outcome: .refused("it is no file")) { _ in
        raw { $0.add(".wh.x", "5", mode: 0o755) }
    },
    .init(name: "something below a whiteout", outcome: .refused("a whiteout has nothing below it")) { _ in
        raw { $0.add(".wh.x/y", "0", evil) }
    },
    .init(name: "a whiteout through a link out", outcome: .applied(["d": .link])) { outside in
        raw {
            $0.add("d", "2", link: outside)
            $0.add("d/.wh.secret")
        }
    },
    .init(name: "an opaque marker through a link out", outcome: .applied(["d": .link])) { outside in
        raw {
            $0.add("d", "2", link: outside)
            $0.add("d/.wh..wh..opq")
        }
    },
    .init(name: "a whiteout below a file", outcome: .applied(["f": .file])) { _ in
        raw {
            $0.add("f", "0", evil)
            $0.add("f/.wh.x")
        }
    },
    .init(name: "bookkeeping of AUFS", outcome: .applied(["f": .file])) { _ in
        raw {
            $0.add(".wh..wh.aufs")
            $0.add(".wh..wh.plnk", "5", mode: 0o755)
            $0.add(".wh..wh.plnk/1.2", "0", evil)
            $0.add("f", "0", evil)
        }
    },
    // Attributes and owners.
    .init(name: "attributes that steer overlayfs", outcome: .applied(["d": .directory])) { _ in
        raw {
            $0.pax([
                ("SCHILY.xattr.trusted.overlay.redirect", bytes("/outside")),
                ("SCHILY.xattr.user.overlay.opaque", bytes("y")),
                ("SCHILY.xattr.trusted.overlay.metacopy", []),
            ])
            $0.add("d", "5", mode: 0o755)
        }
    },
    .init(name: "an owner of -1", outcome: .refused("its owner -1 is out of range")) { _ in
        raw { $0.add("f", "0", evil, rawOwner: [UInt8](repeating: 0xFF, count: 8)) }
    },
    .init(name: "an owner past 32 bits", outcome: .refused("its owner 4294967296 is out of range")) { _ in
        raw {
            $0.pax([("uid", bytes("4294967296"))])
            $0.add("f", "0", evil)
        }
    },
    .init(name: "a setuid file", outcome: .applied(["su": .file])) { _ in
        raw { $0.add("su", "0", evil, mode: 0o6755) }
    },
    .init(name: "a time past all time", outcome: .applied(["f": .file])) { _ in
        raw {
            $0.pax([("mtime", bytes("9223372036854775807"))])
            $0.add("f", "0", evil)
        }
    },
    // Sizes and damage.
    .init(name: "a pax header of 2 MiB", outcome: .refused("the archive is damaged or cut short")) { _ in
        raw {
            $0.pax([("comment", [UInt8](repeating: 0x61, count: 2 << 20))])
            $0.add("f", "0", evil)
        }
    },
    .init(name: "a long name of 2 MiB", outcome: .refused("the archive")) { _ in
        raw {
            $0.long([UInt8](repeating: 0x61, count: 2 << 20))
            $0.add("f", "0", evil)
        }
    },
    .init(
        name: "attributes of 300 KiB where 64 are allowed",
        outcome: .refused("the extended attributes of f have"),
        limits: limits { $0.attributeBytes = 65_536 }
    ) { _ in
        raw {
            $0.pax([("SCHILY.xattr.user.a", [UInt8](repeating: 1, count: 300_000))])
            $0.add("f", "0", evil)
        }
    },
    .init(name: "a negative size", outcome: .refused("Tar entry has negative size")) { _ in
        raw { $0.add("f", "0", evil, rawSize: [UInt8](repeating: 0xFF, count: 12)) }
    },
    .init(name: "a size of 8 EiB", outcome: .refused("Tar entry size overflow")) { _ in
        raw { $0.add("f", "0", evil, rawSize: [0x80, 0, 0, 0, 0x7F] + [UInt8](repeating: 0xFF, count: 7)) }
    },
    .init(name: "a sparse file of 8 EiB", outcome: .refused("where 274877906944 are allowed")) { _ in
        raw {
            $0.pax([
                ("GNU.sparse.major", bytes("1")), ("GNU.sparse.minor", bytes("0")),
                ("GNU.sparse.name", bytes("f")), ("GNU.sparse.realsize", bytes("9223372036854775000")),
            ])
            $0.add("f", "0", bytes("1\n0\n1\n") + [UInt8](repeating: 0, count: 507))
        }
    },
    .init(name: "a size past the end", outcome: .refused("the archive is damaged or cut short")) { _ in
        raw { $0.add("f", "0", evil, size: 1_000_000) }
    },
    .init(name: "a header cut short", outcome: .refused("the archive is damaged or cut short")) { _ in
        var tar = RawTar()
        tar.add("f", "0", evil)
        tar.add("g", "0", evil)
        return Array(tar.bytes.prefix(1_300))
    },
    .init(name: "a wrong header sum", outcome: .refused("the archive is damaged or cut short")) { _ in
        raw {
            $0.add("f", "0", evil)
            $0.add("g", "0", evil, spoilSum: true)
        }
    },
    .init(name: "no archive at all", outcome: .refused("the archive is damaged or cut short")) { _ in
        bytes(String(repeating: "This is a letter and no tar. ", count: 100))
    },
    .init(name: "gzip cut short", outcome: .refused("it ends in the middle of a gzip member")) { _ in
        try gzip(raw { $0.add("f", "0", evil) }).dropLast(20)
    },
    .init(name: "gzip with a wrong sum", outcome: .refused("incorrect data check")) { _ in
        var bytes = try gzip(raw { $0.add("f", "0", evil) })
        bytes[bytes.count - 6] ^= 1
        return bytes
    },
    .init(name: "garbage behind gzip", outcome: .refused("incorrect header check")) { _ in
        try gzip(raw { $0.add("f", "0", evil) }) + bytes("and something else")
    },
    .init(
        name: "a gzip bomb", outcome: .refused("the archive expands more than 100 times"),
        limits: limits {
            $0.expansion = 100
            $0.expansionFloor = 1 << 20
        }
    ) { _ in
        try gzip(raw { $0.add("f", "0", [UInt8](repeating: 0, count: 8 << 20)) })
    },
    .init(
        name: "more bytes than allowed", outcome: .refused("the archive holds more than the 1048576 bytes"),
        limits: limits { $0.totalSize = 1 << 20 }
    ) { _ in
        try gzip(
            raw { tar in
                for name in ["a", "b", "c"] { tar.add(name, "0", [UInt8](repeating: 7, count: 500_000)) }
            })
    },
    .init(
        name: "more entries than allowed", outcome: .refused("more than the 10 entries that are allowed"),
        limits: limits { $0.entries = 10 }
    ) { _ in
        raw { tar in for number in 0..<11 { tar.add("f\(number)", "0", evil) } }
    },
]
