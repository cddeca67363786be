internal import Glibc

/// A directory that is removed, with all below it, when its owner goes out of scope.
package struct TemporaryDirectory: ~Copyable, Sendable {
    /// Absolute path.
    package let path: String

    private init(path: String) {
        self.path = path
    }

    /// Makes one below `parent`, mode 0700.
    package static func make(in parent: String, prefix: String = "chalk") throws(SystemError)
        -> TemporaryDirectory
    {
        let path = parent + "/" + prefix + "-" + RandomName.make()
        let name = try path.terminated(for: "make directory")
        if unsafe mkdir(name, 0o700) != 0 { throw .last("make directory", path) }
        return TemporaryDirectory(path: path)
    }

    deinit {
        if let parent = try? FileDescriptor.directory(PathText.parent(of: path)) {
            try? parent.removeTree(PathText.name(of: path))
        }
    }
}
