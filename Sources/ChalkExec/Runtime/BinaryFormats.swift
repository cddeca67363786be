internal import ChalkSystem

/// Emulators that the kernel starts for programs of other processors (`binfmt_misc`, kernel documentation,
/// admin-guide/binfmt-misc.rst).
package enum BinaryFormats {
    private static let directory = "/proc/sys/fs/binfmt_misc"

    /// The number that ELF files have for a processor (as Go's GOARCH), low byte first where its words are; nil for
    /// one that is not known here.
    private static func machine(_ architecture: String) -> [UInt8]? {
        switch architecture {
        case "386": [3, 0]
        case "amd64": [62, 0]
        case "arm": [40, 0]
        case "arm64": [183, 0]
        case "loong64": [2, 1]
        case "ppc64le": [21, 0]
        case "riscv64": [243, 0]
        case "s390x": [0, 22]
        default: nil
        }
    }

    /// Whether the kernel starts an emulator for programs of `architecture` that steps can use.
    package static func emulates(_ architecture: String) -> Bool {
        let open: FileDescriptor
        do { open = try FileDescriptor.directory(directory) } catch { return false }
        guard let entries = try? open.entries() else { return false }
        return entries.contains { entry in
            guard let text = try? FileSystem.read("\(directory)/\(entry.name.display)", limit: 65_536) else {
                return false
            }
            return emulates(architecture, entry: String(decoding: text, as: UTF8.self))
        }
    }

    /// Whether one file of the directory is such a format. Only one with the flag F, whose emulator is open already,
    /// is of use in a root file system of its own.
    static func emulates(_ architecture: String, entry: String) -> Bool {
        guard let machine = machine(architecture) else { return false }
        var fields: [Substring: Substring] = [:]
        for line in entry.split(separator: "\n") {
            let name = line.prefix { $0 != " " }
            fields[name] = line.dropFirst(name.count + 1)
        }
        guard fields["enabled"] != nil, fields["flags:"]?.contains("F") == true, fields["offset"] == "0",
            let magic = fields["magic"]?.utf8, magic.count >= 40
        else { return false }
        // The machine is bytes 18 and 19 of an ELF file.
        let digits = Array(magic)[36..<40].map { String(UnicodeScalar($0)) }.joined()
        return UInt16(digits, radix: 16) == UInt16(machine[0]) << 8 | UInt16(machine[1])
    }
}
