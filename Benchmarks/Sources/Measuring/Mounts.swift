import Glibc

/// Mounts that programs leave behind in their own directories; Buildah's storage is mounted on itself.
enum Mounts {
    /// Detaches every mount below a directory, the innermost first.
    static func detach(below directory: String) {
        let points = ((try? Files.text("/proc/self/mounts")) ?? "").split(separator: "\n")
            .compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
            .filter { $0.hasPrefix(directory + "/") }
        for point in points.reversed() { unsafe umount2(point, Int32(MNT_DETACH)) }
    }
}
