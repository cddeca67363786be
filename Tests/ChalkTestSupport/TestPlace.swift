import Foundation

/// Where tests make their files.
public enum TestPlace {
    /// `TMPDIR`, else `/tmp`. `.ci/test` sets it to a file system in memory where the machine has one that will do:
    /// thousands of small trees cost disks dear.
    public static let directory = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
}
