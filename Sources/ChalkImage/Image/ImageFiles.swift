internal import ChalkSpec
internal import ChalkSystem

/// The files of this machine, as a spec sees them.
struct ImageFiles: SpecFiles {
    func kind(of path: String) throws -> SpecFileKind {
        guard let status = try FileSystem.statusIfPresent(path) else { return .missing }
        switch status.kind {
        case .file: return .file(executable: status.mode & 0o100 != 0)
        case .directory: return .directory
        default: return .other
        }
    }

    func read(_ path: String, limit: Int) throws -> [UInt8] {
        try FileSystem.read(path, limit: limit)
    }

    /// Where relative paths start: `directory`, itself relative to the working directory, or that directory.
    static func location(_ directory: String? = nil) throws(SpecError) -> SpecLocation {
        if let directory, directory.hasPrefix("/") {
            return SpecLocation(directory: directory, files: ImageFiles())
        }
        do {
            let here = SpecLocation(directory: try FileSystem.currentDirectory(), files: ImageFiles())
            return SpecLocation(directory: here.absolute(directory ?? "."), files: ImageFiles())
        } catch {
            throw SpecError(.unreadable, at: "", "\(error)")
        }
    }
}
