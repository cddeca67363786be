/// A program for containers that have none of their own: it waits until it is told to end.
///
/// It stands in the container alone, where there may be no other file, so it is complete in itself: an ELF header, one
/// segment, a few system calls. It has the kernel forget processes that end (SIGCHLD ignored), blocks SIGHUP, SIGINT,
/// SIGQUIT and SIGTERM, waits for one of them, and exits with 0.
enum IdleProgram {
    /// Where it is in the container.
    static let path = "/run/chalk-image/idle"

    /// The file's bytes.
    static var bytes: [UInt8] {
        let size = UInt64(code.count) + headers
        return [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
            // An executable of this machine that begins right behind the headers (ELF-64 object file format).
            + two(2) + two(machine) + four(1) + eight(address + headers) + eight(64) + eight(0) + four(0)
            + two(64) + two(56) + two(1) + two(64) + two(0) + two(0)
            // One segment, to be read and executed: the whole file.
            + four(1) + four(5) + eight(0) + eight(address) + eight(address) + eight(size) + eight(size)
            + eight(0x1000) + code
    }

    private static let address: UInt64 = 0x40_0000
    private static let headers: UInt64 = 120

    #if arch(arm64)
        private static let machine: UInt16 = 183
        private static var code: [UInt8] {
            let words: [UInt32] = [
                // rt_sigaction(SIGCHLD, ignore, 0, 8)
                0xD280_10C8, 0xD280_0220, 0x1000_0281, 0xD280_0002, 0xD280_0103, 0xD400_0001,
                // rt_sigprocmask(SIG_BLOCK, set, 0, 8)
                0xD280_10E8, 0xD280_0000, 0x1000_02C1, 0xD280_0002, 0xD280_0103, 0xD400_0001,
                // rt_sigtimedwait(set, 0, 0, 8), again while it fails
                0xD280_1128, 0x1000_0220, 0xD280_0001, 0xD280_0002, 0xD280_0103, 0xD400_0001, 0xB7FF_FF40,
                // exit_group(0)
                0xD280_0BC8, 0xD280_0000, 0xD400_0001,
            ]
            return words.flatMap(four) + data
        }
    #else
        private static let machine: UInt16 = 62
        private static var code: [UInt8] {
            [
                // rt_sigaction(SIGCHLD, ignore, 0, 8)
                0xB8, 0x0D, 0, 0, 0, 0xBF, 0x11, 0, 0, 0, 0x48, 0x8D, 0x35, 0x47, 0, 0, 0, 0x31, 0xD2, 0x41,
                0xBA, 8, 0, 0, 0, 0x0F, 5,
                // rt_sigprocmask(SIG_BLOCK, set, 0, 8)
                0xB8, 0x0E, 0, 0, 0, 0x31, 0xFF, 0x48, 0x8D, 0x35, 0x4F, 0, 0, 0, 0x31, 0xD2, 0x41, 0xBA, 8,
                0, 0, 0, 0x0F, 5,
                // rt_sigtimedwait(set, 0, 0, 8), again while it fails
                0xB8, 0x80, 0, 0, 0, 0x48, 0x8D, 0x3D, 0x39, 0, 0, 0, 0x31, 0xF6, 0x31, 0xD2, 0x41, 0xBA, 8,
                0, 0, 0, 0x0F, 5, 0x85, 0xC0, 0x78, 0xE4,
                // exit_group(0)
                0xB8, 0xE7, 0, 0, 0, 0x31, 0xFF, 0x0F, 5,
            ] + data
        }
    #endif

    /// What the code points to: a `sigaction` that ignores, and the set of signals.
    private static var data: [UInt8] {
        eight(1) + eight(0) + eight(0) + eight(0) + eight(0x4007)
    }

    private static func two(_ number: UInt16) -> [UInt8] { [UInt8(number & 0xFF), UInt8(number >> 8)] }
    private static func four(_ number: UInt32) -> [UInt8] {
        two(UInt16(number & 0xFFFF)) + two(UInt16(number >> 16))
    }
    private static func eight(_ number: UInt64) -> [UInt8] {
        four(UInt32(number & 0xFFFF_FFFF)) + four(UInt32(number >> 32))
    }
}
