internal import CLinux
internal import Glibc

/// Signals by their names; the numbers are the same on every Linux that Swift knows.
package enum Signals {
    package static let hangup: Int32 = 1
    package static let interrupt: Int32 = 2
    package static let quit: Int32 = 3
    package static let kill: Int32 = 9
    package static let brokenPipe: Int32 = 13
    package static let terminate: Int32 = 15
    package static let childEnded: Int32 = 17

    /// Blocks signals for the calling thread, so that ``wait(for:)`` can take them.
    package static func block(_ numbers: [Int32]) {
        var set = signalSet(numbers)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Lets every signal through again.
    package static func unblockAll() {
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
    }

    /// Waits for one of several blocked signals.
    package static func wait(for numbers: [Int32]) -> Int32 {
        var set = signalSet(numbers)
        var number: Int32 = 0
        while unsafe sigwait(&set, &number) != 0 {}
        return number
    }

    /// Blocks a signal and gives a descriptor that can be read while it waits to be taken (`signalfd(2)`).
    package static func descriptor(for number: Int32) throws(SystemError) -> FileDescriptor {
        block([number])
        let raw = linux_signal_descriptor(1 << UInt64(number - 1))
        if raw < 0 { throw .last("watch for a signal") }
        return FileDescriptor(owning: raw)
    }

    /// Takes no notice of a signal any more; of ``childEnded``: the kernel forgets children that end.
    package static func ignore(_ number: Int32) { _ = signal(number, SIG_IGN) }

    /// Has the kernel send a signal to this process when the *thread* that started it ends.
    ///
    /// Look at the parent afterwards: it may have ended before the call.
    package static func whenParentEnds(send number: Int32) throws(SystemError) {
        if linux_die_with_parent(number) != 0 { throw .last("ask for a signal at the parent's end") }
    }

    private static func signalSet(_ numbers: [Int32]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        return set
    }
}
