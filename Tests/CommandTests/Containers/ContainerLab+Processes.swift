import ChalkSystem
import Foundation
import Testing

extension ContainerLab {
    /// The first process of a container that runs, or the one so many generations above it; 3 is what watches it.
    func process(of container: String, generationsAbove count: Int = 0) throws -> Int32 {
        var process = try #require(try inspect(container)["pid"] as? Int)
        for _ in 0..<count {
            let status = try FileSystem.read("/proc/\(process)/status", limit: 1 << 16)
            let line = String(decoding: status, as: UTF8.self).split(separator: "\n")
                .first { $0.hasPrefix("PPid:") }
            process = try #require(line.flatMap { Int($0.dropFirst(5).drop { $0 == "\t" }) })
        }
        return Int32(process)
    }
}
