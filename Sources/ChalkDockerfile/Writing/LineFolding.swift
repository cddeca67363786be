/// Breaks long lines with continuations, where no reader sees a difference.
enum LineFolding {
    /// Bytes; the readers' limit is 65,535 for a line.
    private static let longest = 60_000

    /// The text with every physical line short enough; nil where a line has no place to break.
    ///
    /// Lines after the first are here-document bodies or follow continuations, and are never broken.
    static func folded(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        let first = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        var pieces: [String] = []
        var start = 0
        while first - start > longest {
            let window = start + longest / 2..<start + longest
            guard let cut = window.last(where: { bytes[$0 - 1] != UInt8(ascii: "\\") && mayBegin(bytes[$0]) })
            else {
                return nil
            }
            pieces.append(String(decoding: bytes[start..<cut], as: UTF8.self) + "\\\n")
            start = cut
        }
        let rest = bytes[start...]
        for line in rest.split(separator: UInt8(ascii: "\n")) where line.count > longest { return nil }
        return pieces.joined() + String(decoding: rest, as: UTF8.self)
    }

    /// A continued line may begin with it: no blank, comment sign or part of a character.
    private static func mayBegin(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#")
    }
}

/// Line feeds in a shell text that the shell itself drops.
enum ShellContinuations {
    /// The text with its `\`-line feeds taken out, as shell and Dockerfile reader both do; nil when a line
    /// feed stands elsewhere, or where single quotes or comments may keep the two apart.
    static func joined(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard !bytes.contains(UInt8(ascii: "'")), !bytes.contains(UInt8(ascii: "#")) else { return nil }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count {
                if bytes[index + 1] != UInt8(ascii: "\n") { result += bytes[index...index + 1] }
                index += 2
                continue
            }
            if bytes[index] == UInt8(ascii: "\n") { return nil }
            result.append(bytes[index])
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }
}
