import ChalkSystem
import Glibc

/// Descriptors 1 and 2, written whole and unbuffered.
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    /// Writes text. A reader that went away is no error; a result that cannot be written otherwise ends the process,
    /// so that nobody takes half of it for the whole.
    func write(_ text: String) {
        write(Array(text.utf8))
    }

    /// Writes bytes.
    func write(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count {
            let wrote = unsafe bytes[start...].withUnsafeBytes {
                unsafe Glibc.write(rawValue, $0.baseAddress, $0.count)
            }
            if wrote > 0 {
                start += wrote
            } else if errno != EINTR {
                if self == .output, errno != EPIPE { StandardStream.giveUp() }
                return
            }
        }
    }

    private static func giveUp() -> Never {
        let reason = SystemError.last("write to", "standard output")
        StandardStream.error.write("error: \(reason)\n")
        exit(ExitCode.failed.rawValue)
    }

    /// Whether a person looks at it.
    var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Columns of the terminal, 80 where unknown.
    var width: Int {
        var size = winsize()
        guard unsafe ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
