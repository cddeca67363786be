internal import ChalkSystem

/// Reads the ignore files of directories (semantics.md section 9, points 8 to 10).
struct IgnoreFileReader {
    let profile: IgnoreProfile
    /// Follows links from here; nothing above is ever opened.
    let root: OpenDirectory
    /// What the files are called, weakest first.
    let names: [[UInt8]]
    var warnings: [IgnoreWarning] = []

    /// Bytes; git reads no larger one since 2.45.3.
    static let limit = 100 * 1_048_576
    private static let mostLinks = 40
    /// How often a file is read that keeps changing.
    private static let attempts = 4

    init(profile: IgnoreProfile, root: OpenDirectory) {
        self.profile = profile
        self.root = root
        names = profile.ignoreFileNames
    }

    /// The patterns of an entry of `directory`; nil where the entry is none that counts as an ignore file.
    ///
    /// - Parameters:
    ///   - path: Of the ignore file, from the root.
    ///   - kind: As the listing told it.
    mutating func read(
        _ name: [UInt8], in directory: borrowing FileDescriptor, path: [UInt8], kind: FileStatus.Kind
    ) throws(ContextError) -> IgnoreFile? {
        guard let text = try text(name, in: directory, path: path, kind: kind) else { return nil }
        return try IgnoreFile(text, path: path, profile: profile)
    }

    /// The same before its lines are understood.
    mutating func text(
        _ name: [UInt8], in directory: borrowing FileDescriptor, path: [UInt8], kind listed: FileStatus.Kind
    ) throws(ContextError) -> [UInt8]? {
        do {
            var kind = listed
            if kind == .unknown { kind = try directory.status(of: name).kind }
            switch kind {
            case .file:
                return try content(of: name, in: directory, path: path)
            case .link:
                if profile == .git {
                    warnings.append(.linkNotFollowed(file: path))
                    return nil
                }
                return try follow(try directory.linkTarget(of: name), from: path)
            default:
                return nil
            }
        } catch let error as SystemError {
            if error.isNotFound { throw .vanished(path) }
            throw .system("read the ignore file", path, error)
        } catch let error as ContextError {
            throw error
        } catch {
            throw ContextError(
                .ignoreFile, "cannot read the ignore file \(ContextError.show(path)): \(error)")
        }
    }

    private mutating func content(
        of name: [UInt8], in directory: borrowing FileDescriptor, path: [UInt8]
    ) throws -> [UInt8]? {
        for _ in 0..<IgnoreFileReader.attempts {
            let file = try directory.open(name, [.readOnly, .noFollow, .nonBlocking])
            let before = try file.status()
            if before.kind != .file { return nil }
            if before.size > Int64(IgnoreFileReader.limit) {
                if profile == .git {
                    warnings.append(.hugeFileSkipped(file: path))
                    return nil
                }
                throw ContextError(
                    .ignoreFile,
                    "cannot read the ignore file \(ContextError.show(path)): it is larger than 100 MiB; make it smaller"
                )
            }
            let bytes = try file.readToEnd(limit: IgnoreFileReader.limit)
            // Half of the rules would let through what the other half holds back.
            if try file.status().stamp == before.stamp { return bytes }
        }
        throw ContextError.changed(path, "it changed during each of \(IgnoreFileReader.attempts) readings")
    }

    /// Goes where a link says, component by component from the root, so that nothing outside is ever touched.
    private mutating func follow(_ target: [UInt8], from path: [UInt8]) throws -> [UInt8]? {
        var done = Array(path.split(separator: UInt8(ascii: "/")).dropLast())
        var rest = Array(target.split(separator: UInt8(ascii: "/")).reversed())
        var links = 1
        func refuse(_ why: String) -> ContextError {
            ContextError(
                .ignoreFile,
                "cannot read the ignore file \(ContextError.show(path)): it is a link \(why); "
                    + "make it a file, so that its rules are not lost")
        }
        func check(_ target: [UInt8]) throws {
            if target.first == UInt8(ascii: "/") {
                throw refuse("to the absolute path \(ContextError.show(target))")
            }
        }
        try check(target)
        while let part = rest.popLast() {
            if part.elementsEqual(".".utf8) { continue }
            if part.elementsEqual("..".utf8) {
                if done.popLast() == nil { throw refuse("that leaves the context") }
                continue
            }
            let name = Array(part)
            let directory = try root.descend(done)
            guard let status = try directory.descriptor.statusIfPresent(of: name) else { return nil }
            if status.kind == .link {
                links += 1
                if links > IgnoreFileReader.mostLinks { throw refuse("that leads through too many links") }
                let next = try directory.descriptor.linkTarget(of: name)
                try check(next)
                rest += next.split(separator: UInt8(ascii: "/")).reversed()
            } else if rest.isEmpty {
                return status.kind == .file
                    ? try content(of: name, in: directory.descriptor, path: path) : nil
            } else if status.kind == .directory {
                done.append(part)
            } else {
                return nil
            }
        }
        return nil
    }
}

/// An open directory that can be held in arrays.
final class OpenDirectory: Sendable {
    let descriptor: FileDescriptor

    init(_ descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor
    }

    /// The directory some components below; no link is followed.
    func descend(_ components: [ArraySlice<UInt8>]) throws(SystemError) -> OpenDirectory {
        var directory = self
        for component in components {
            directory = OpenDirectory(
                try directory.descriptor.open(Array(component), [.readOnly, .directory, .noFollow]))
        }
        return directory
    }
}
