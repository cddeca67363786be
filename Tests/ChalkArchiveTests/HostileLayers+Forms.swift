import ChalkSystem

@testable import ChalkArchive

private func raw(_ body: (inout RawTar) -> Void) -> [UInt8] {
    var tar = RawTar()
    body(&tar)
    return tar.ended
}

private let evil = bytes("evil")

private func limits(_ change: (inout ArchiveLimits) -> Void) -> ArchiveLimits {
    var limits = ArchiveLimits()
    change(&limits)
    return limits
}

/// Forms of the archive itself that mean harm: chains of headers, maps of sparse files, compressed streams.
let hostileForms: [HostileLayer] = [
    // Headers of headers.
    .init(
        name: "a chain of 1,000 pax headers", outcome: .refused("the archive holds an entry without a name")
    ) {
        _ in
        raw { tar in
            for _ in 0..<1_000 { tar.pax([("comment", bytes("more"))]) }
            tar.add("f", "0", evil)
        }
    },
    .init(
        name: "a chain of 1,000 long names",
        outcome: .refused("name is refused: it is of a type that no layer holds")
    ) {
        _ in
        raw { tar in
            for _ in 0..<1_000 { tar.long(bytes("name")) }
            tar.add("f", "0", evil)
        }
    },
    .init(
        name: "a pax record of a length past its header",
        outcome: .applied(["f": .file])
    ) { _ in
        raw {
            $0.add("PaxHeaders/x", "x", bytes("999999999 path=x\n"))
            $0.add("f", "0", evil)
        }
    },
    .init(name: "a pax size of 8 EiB", outcome: .refused("Tar size attribute overflow")) { _ in
        raw {
            $0.pax([("size", bytes("9223372036854775807"))])
            $0.add("f", "0", evil)
        }
    },
    .init(name: "a pax size past 2^63", outcome: .refused("Tar size attribute overflow")) { _ in
        raw {
            $0.pax([("size", bytes("99999999999999999999999"))])
            $0.add("f", "0", evil)
        }
    },
    .init(name: "a negative pax size", outcome: .refused("the archive")) { _ in
        raw {
            $0.pax([("size", bytes("-1"))])
            $0.add("f", "0", evil)
        }
    },
    .init(name: "a path for all in a global pax header", outcome: .applied(["f": .file])) { _ in
        raw {
            $0.add("PaxHeaders/g", "g", bytes("18 path=../escape\n"))
            $0.add("f", "0", evil)
        }
    },
    .init(name: "an entry without a name", outcome: .refused("the archive's root entry is refused")) { _ in
        raw { $0.add("", "0", evil) }
    },
    // Sparse files whose map lies.
    .init(name: "a sparse map past the file's end", outcome: .refused("the archive")) { _ in
        raw {
            $0.pax([
                ("GNU.sparse.major", bytes("1")), ("GNU.sparse.minor", bytes("0")),
                ("GNU.sparse.name", bytes("f")), ("GNU.sparse.realsize", bytes("10")),
            ])
            $0.add("f", "0", bytes("1\n9223372036854775800\n512\n") + [UInt8](repeating: 0, count: 999))
        }
    },
    .init(name: "a sparse map of overlapping parts", outcome: .refused("the archive")) { _ in
        raw {
            $0.pax([
                ("GNU.sparse.major", bytes("1")), ("GNU.sparse.minor", bytes("0")),
                ("GNU.sparse.name", bytes("f")), ("GNU.sparse.realsize", bytes("2048")),
            ])
            $0.add("f", "0", bytes("2\n1024\n512\n0\n512\n") + [UInt8](repeating: 0, count: 1_517))
        }
    },
    .init(name: "a sparse map that is no number", outcome: .refused("the archive is damaged or cut short")) {
        _ in
        raw {
            $0.pax([
                ("GNU.sparse.major", bytes("1")), ("GNU.sparse.minor", bytes("0")),
                ("GNU.sparse.name", bytes("f")), ("GNU.sparse.realsize", bytes("2048")),
            ])
            $0.add("f", "0", bytes("many\n") + [UInt8](repeating: 0, count: 507))
        }
    },
    .init(name: "a sparse name above the root", outcome: .refused("holds a .. component")) { _ in
        raw {
            $0.pax([
                ("GNU.sparse.major", bytes("1")), ("GNU.sparse.minor", bytes("0")),
                ("GNU.sparse.name", bytes("../escape")), ("GNU.sparse.realsize", bytes("512")),
            ])
            $0.add("f", "0", bytes("1\n0\n512\n") + [UInt8](repeating: 0, count: 1_015))
        }
    },
    // Links and what is below.
    .init(name: "hard links that go round", outcome: .refused("its target b is not there")) { _ in
        raw {
            $0.add("a", "1", link: "b")
            $0.add("b", "1", link: "a")
        }
    },
    .init(name: "a hard link below a file", outcome: .refused("its target f/x is not there")) { _ in
        raw {
            $0.add("f", "0", evil)
            $0.add("h", "1", link: "f/x")
        }
    },
    .init(name: "an entry below a FIFO", outcome: .refused("below p are refused: it is no directory")) { _ in
        raw {
            $0.add("p", "6")
            $0.add("p/x", "0", evil)
        }
    },
    .init(name: "a file through a hard link to a link out", outcome: .applied(["h": .link, "l": .link])) {
        outside in
        raw {
            $0.add("l", "2", link: outside)
            $0.add("h", "1", link: "l")
            $0.add("h/secret", "0", evil)
        }
    },
    .init(name: "a directory turned into a link, then emptied", outcome: .applied(["d": .link])) { outside in
        raw {
            $0.add("d", "5", mode: 0o755)
            $0.add("d", "2", link: outside)
            $0.add("d/.wh..wh..opq")
            $0.add("d/.wh.secret")
        }
    },
    .init(name: "a link out, then a directory of its name with a slash", outcome: .applied(["l": .directory]))
    { outside in
        raw {
            $0.add("l", "2", link: outside, mode: 0o777)
            $0.add("l/", "5", mode: 0o000)
        }
    },
    .init(name: "a device through a link out", outcome: .applied(["d": .link])) { outside in
        raw {
            $0.add("d", "2", link: outside)
            $0.add("d/null", "3", major: 1, minor: 3)
        }
    },
    .init(name: "an opaque marker that is a link", outcome: .refused("it is no file")) { outside in
        raw {
            $0.add("d", "5", mode: 0o755)
            $0.add("d/.wh..wh..opq", "2", link: outside)
        }
    },
    .init(name: "a whiteout of a whiteout's directory", outcome: .refused("a whiteout has nothing below it"))
    { _ in
        raw {
            $0.add("a/.wh.b/.wh.c")
        }
    },
    // Compressed streams.
    .init(
        name: "a zstd bomb", outcome: .refused("the archive expands more than 100 times"),
        limits: limits {
            $0.expansion = 100
            $0.expansionFloor = 1 << 20
        }
    ) { _ in
        try ZstdEncoder(level: 3).encode(raw { $0.add("f", "0", [UInt8](repeating: 0, count: 8 << 20)) })
    },
    .init(
        name: "a bomb of many gzip members",
        outcome: .refused("the archive holds more than the 4194304 bytes"),
        limits: limits { $0.totalSize = 4 << 20 }
    ) { _ in
        let member = try GzipEncoder(level: 9).encode([UInt8](repeating: 0, count: 64 << 10))
        return try GzipEncoder(level: 9).encode(raw { $0.add("f", "0", evil) })
            + Array(repeatElement(member, count: 100).joined())
    },
    .init(name: "zstd cut short", outcome: .refused("the archive is damaged or cut short")) { _ in
        try ZstdEncoder(level: 3).encode(raw { $0.add("f", "0", evil) }).dropLast(5)
    },
    .init(name: "garbage behind zstd", outcome: .refused("the archive is damaged or cut short")) { _ in
        try ZstdEncoder(level: 3).encode(raw { $0.add("f", "0", evil) }) + bytes("and something else")
    },
    .init(name: "gzip in gzip", outcome: .refused("the archive is damaged or cut short")) { _ in
        let once = try GzipEncoder(level: 6).encode(raw { $0.add("f", "0", evil) })
        return try GzipEncoder(level: 6).encode(once)
    },
]
