/// What the kernel says of a process in `/proc/ID/status` (`proc(5)`).
package struct ProcessStatus: Sendable {
    private let lines: [ArraySlice<UInt8>]

    /// The status of a process; of this one where none is named.
    ///
    /// - Throws: ``SystemError`` for a process that is not there.
    package init(of id: Int32? = nil) throws(SystemError) {
        let name = id.map(String.init) ?? "self"
        self.init(text: try FileSystem.read("/proc/\(name)/status", limit: 65_536))
    }

    init(text: [UInt8]) {
        lines = text.split(separator: UInt8(ascii: "\n"))
    }

    /// What the process namespaces call it, from the outermost that is seen to its own.
    package var names: [Int32] { words("NSpid").compactMap { Int32($0) } }

    /// Whether it has a handler for a signal or waits for it.
    package func notices(signal number: Int32) -> Bool {
        has(Int(number) - 1, in: "SigCgt") || has(Int(number) - 1, in: "SigBlk")
    }

    /// Whether it, or a process that it starts, may ever have a capability (`capabilities(7)`, the bounding set).
    package func mayHave(capability number: Int) -> Bool {
        has(number, in: "CapBnd")
    }

    /// Whether a bit of a mask is set, the lowest one being 0.
    private func has(_ bit: Int, in field: String) -> Bool {
        guard (0..<64).contains(bit), let digits = words(field).last, let mask = UInt64(digits, radix: 16)
        else { return false }
        return mask >> UInt64(bit) & 1 == 1
    }

    private func words(_ field: String) -> [Substring] {
        let start = Array("\(field):".utf8)
        let line = lines.first { $0.starts(with: start) } ?? []
        return String(decoding: line.dropFirst(start.count), as: UTF8.self).split { $0 == "\t" || $0 == " " }
    }
}
