internal import CLinux
internal import Glibc

/// A process as it can be written down and found again: an id may go to another process, but not with the same start.
package struct ProcessMark: Hashable, Sendable {
    /// The process id.
    package let id: Int32
    /// Clock ticks between the start of the machine and that of the process (`proc(5)`, stat, field 22).
    package let start: Int64

    /// A mark that was written down.
    package init(id: Int32, start: Int64) {
        self.id = id
        self.start = start
    }

    /// The mark of a process that is there; nil for none.
    package init?(of id: Int32) {
        guard let text = try? FileSystem.read("/proc/\(id)/stat", limit: 4_096),
            // The name in parentheses may hold anything, parentheses as well.
            let end = text.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = String(decoding: text[end...], as: UTF8.self).split(separator: " ")
        guard fields.count > 20, let start = Int64(fields[20]) else { return nil }
        self.init(id: id, start: start)
    }

    /// The children of this process that another process namespace calls `inner`.
    package func child(called inner: Int32) -> ProcessMark? {
        let path = "/proc/\(id)/task/\(id)/children"
        let text = (try? FileSystem.read(path, limit: 1 << 20)) ?? []
        let children = String(decoding: text, as: UTF8.self).split(separator: " ").compactMap { Int32($0) }
        return children.first { (try? ProcessStatus(of: $0))?.names.contains(inner) ?? false }
            .flatMap { ProcessMark(of: $0) }
    }
}

/// A hold on a process that stays on this one, whoever gets its id later (`pidfd_open(2)`).
package struct ProcessHandle: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    private init(owning raw: Int32) {
        descriptor = FileDescriptor(owning: raw)
    }

    /// A hold on the marked process; nil when it has ended.
    package static func find(_ mark: ProcessMark) -> ProcessHandle? {
        let raw = linux_process_descriptor(mark.id)
        if raw < 0 { return nil }
        let handle = ProcessHandle(owning: raw)
        if ProcessMark(of: mark.id) == mark { return handle }
        return nil
    }

    /// A hold on a child that was not waited for.
    package init(child: Int32) throws(SystemError) {
        let raw = linux_process_descriptor(child)
        if raw < 0 { throw .last("watch a process") }
        self.init(owning: raw)
    }

    /// For ``Readiness``: can be read once the process has ended.
    package var raw: Int32 { descriptor.raw }

    /// Sends a signal; none to a process that has ended.
    package func signal(_ number: Int32) {
        _ = linux_signal_process(descriptor.raw, number)
    }

    /// Waits for the end; says whether it came in time.
    @discardableResult
    package func waitForEnd(within limit: Duration? = nil) throws(SystemError) -> Bool {
        !(try Readiness.readable([descriptor.raw], within: limit)).isEmpty
    }
}

/// The machine since it was started.
package enum Machine {
    /// Another one after each start (`random(4)`).
    package static func bootID() throws(SystemError) -> String {
        String(decoding: try FileSystem.read("/proc/sys/kernel/random/boot_id", limit: 100), as: UTF8.self)
            .split(separator: "\n").joined()
    }
}
