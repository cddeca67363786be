internal import ChalkContext
internal import ChalkSystem

/// Copies what a walk found, with the modes that files have in an image.
enum TreeCopy {
    /// Copies entries below `root`, parents before what is in them.
    ///
    /// - Parameter source: the name of `root` in errors.
    static func copy(
        _ entries: [ContextEntry], from root: borrowing FileDescriptor, named source: String,
        to target: borrowing FileDescriptor
    ) throws {
        var reader = try ContextReader.open(root)
        for entry in entries {
            switch entry.kind {
            case .directory:
                try target.makeDirectory(entry.path)
                try target.changeMode(0o755, of: entry.path)
            case .link: try target.makeLink(entry.path, to: entry.linkTarget ?? [])
            case .file:
                let descriptor = try reader.open(entry.path)
                let mode = ImageMode.of(try descriptor.status())
                let file = FileStream(descriptor)
                let copy = try target.open(entry.path, [.writeOnly, .create, .exclusive, .noFollow])
                try file.drain(into: FileStream(copy))
                try target.changeMode(mode, of: entry.path)
            default:
                throw ChalkError(
                    .invalidInput,
                    "\(source)/\(entry.path.display) is no file, directory or link; add it to .chalkignore")
            }
        }
    }
}
