import Glibc

/// Why a measurement could not be made: one lower-case sentence.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// With what `errno` says.
    static func last(_ doing: String) -> BenchError {
        let code = errno
        return BenchError("\(doing): \(unsafe String(cString: strerror(code)))")
    }
}
