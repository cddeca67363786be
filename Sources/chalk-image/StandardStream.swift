import Glibc

/// Descriptors 1 and 2, written whole and unbuffered.
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    /// Writes text; a reader that went away is no error.
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
                return
            }
        }
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
