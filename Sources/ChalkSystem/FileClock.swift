internal import Glibc

extension FileStatus.Time {
    /// The clock that the kernel stamps files with (CLOCK_REALTIME_COARSE).
    ///
    /// A file written after this call gets a time that is equal or later, never earlier.
    package static func fileClock() throws(SystemError) -> FileStatus.Time {
        var stamp = timespec()
        if unsafe clock_gettime(CLOCK_REALTIME_COARSE, &stamp) != 0 { throw .last("read the clock") }
        return FileStatus.Time(seconds: Int64(stamp.tv_sec), nanoseconds: Int64(stamp.tv_nsec))
    }
}
