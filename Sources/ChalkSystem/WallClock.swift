internal import Glibc

/// The system's idea of the date; for records of when something happened, never for what enters an image.
package enum WallClock {
    /// Whole seconds since 1970 (UTC).
    package static func seconds() -> Int64 {
        Int64(time(nil))
    }
}
