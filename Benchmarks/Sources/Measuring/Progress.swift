import Glibc

/// What happens, for whoever waits, on standard error.
enum Progress {
    static func say(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = unsafe write(2, bytes, bytes.count)
    }
}
