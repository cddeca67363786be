import Glibc

/// The variables of this process.
enum ProcessEnvironment {
    static var variables: [String: String] {
        var map: [String: String] = [:]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let line = unsafe String(cString: entry)
            unsafe next += 1
            guard let equals = line.firstIndex(of: "=") else { continue }
            map[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        return map
    }
}
