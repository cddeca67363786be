package import ChalkOCI
internal import ChalkSystem

/// The name of a tree of files: the digest of its table's canonical encoding.
extension FileTable {
    static let magic = Array("chalk-tree 1\n".utf8)

    /// The canonical bytes of the table; equal tables have equal bytes and no two others do.
    ///
    /// Format 1, numbers big-endian: `chalk-tree 1` and LF, then for each row a letter for the kind (`f`
    /// file, `d` directory, `l` link, `p` FIFO, `s` socket, `c` and `b` devices), mode (4 bytes), length of
    /// the path (4) and the path; then of a file size (8) and SHA-256 (32), of a link length of the target
    /// (4) and the target, of a device its number (8).
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        encode { bytes += $0 }
        return bytes
    }

    /// The digest of ``encoded``, which is not built for it.
    package var digest: Digest {
        var hasher = SHA256Hasher()
        encode { hasher.update($0) }
        return hasher.finish()
    }

    /// Hands the encoding over in pieces of about 64 KiB.
    private func encode(_ body: ([UInt8]) -> Void) {
        var piece = FileTable.magic
        func put(_ value: UInt64, bytes: Int) {
            for index in (0..<bytes).reversed() {
                piece.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
            }
        }
        for (index, row) in rows.enumerated() {
            let letter: Unicode.Scalar =
                switch row.kind {
                case .file, .unknown: "f"
                case .directory: "d"
                case .link: "l"
                case .fifo: "p"
                case .socket: "s"
                case .characterDevice: "c"
                case .blockDevice: "b"
                }
            piece.append(UInt8(ascii: letter))
            put(UInt64(row.mode), bytes: 4)
            put(UInt64(row.pathLength), bytes: 4)
            piece += pathBytes(index)
            switch row.kind {
            case .file, .unknown:
                put(row.number, bytes: 8)
                row.digest?.append(to: &piece)
            case .link:
                put(UInt64(row.targetLength), bytes: 4)
                piece += targetBytes(index)
            case .characterDevice, .blockDevice: put(row.number, bytes: 8)
            case .directory, .fifo, .socket: break
            }
            if piece.count >= 65_536 {
                body(piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
        body(piece)
    }
}

/// Saying what is different.
extension FileTable {
    /// The first difference in the order of rows, in words: "`src/app.py` changed"; nil when there is none.
    package func firstDifference(from earlier: FileTable) -> String? {
        var here = 0
        var there = 0
        while here < count && there < earlier.count {
            let new = path(here)
            let old = earlier.path(there)
            if new == old {
                if let words = FileTable.difference(of: row(here), from: earlier.row(there)) { return words }
                here += 1
                there += 1
            } else if FileTable.precedes(new, old) {
                return "\(FileTable.quoted(new)) added"
            } else {
                return "\(FileTable.quoted(old)) removed"
            }
        }
        if here < count { return "\(FileTable.quoted(path(here))) added" }
        if there < earlier.count { return "\(FileTable.quoted(earlier.path(there))) removed" }
        return nil
    }

    private static func difference(of new: Row, from old: Row) -> String? {
        let name = quoted(new.path)
        switch (new.content, old.content) {
        case (.file(let digest, _), .file(let other, _)):
            if digest != other { return "\(name) changed" }
        case (.link(let target), .link(let other)):
            if target != other {
                return "\(name) now points to \(quoted(target)), before to \(quoted(other))"
            }
        case (.characterDevice(let number), .characterDevice(let other)),
            (.blockDevice(let number), .blockDevice(let other)):
            if number != other { return "the device number of \(name) changed" }
        case (let content, let other) where content.noun != other.noun:
            return "\(name) is now \(content.noun), before \(other.noun)"
        case (let content, let other):
            if content != other { return "\(name) is now another kind of device" }
        }
        return new.mode == old.mode ? nil : "mode of \(name) \(octal(old.mode)) → \(octal(new.mode))"
    }

    private static func quoted(_ bytes: [UInt8]) -> String {
        "`\(ContextError.show(bytes))`"
    }

    private static func octal(_ mode: UInt32) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(4 - digits.count, 0)) + digits
    }
}
