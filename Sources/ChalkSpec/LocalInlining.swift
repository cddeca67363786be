/// What it takes to turn local files into bytes of a protobuf message.
package struct LocalInlining {
    /// Most bytes of local files that one message may hold, in all.
    package static let limit = 32 << 10

    let files: any SpecFiles
    let listing: LocalDirListing

    package init(files: any SpecFiles, listing: @escaping LocalDirListing) {
        self.files = files
        self.listing = listing
    }

    /// A copied file as the wire says it: an explicit mode only where it is not 0644.
    func inline(_ file: LocalFile, tally: inout InlineTally) throws(SpecError) -> AddFile {
        let location = SpecLocation(directory: "/", files: files)
        guard case .file(let executable) = try location.kind(of: file.src) else {
            throw SpecError(.unreadable, at: "src", "there is no file \(quoted(file.src)) any more")
        }
        let content = try location.read(file.src, limit: ImageSpec.sizeLimit)
        try tally.add(content.count, of: file.src)
        let mode = file.mode ?? (executable ? 0o755 : nil)
        return AddFile(destination: file.dest, content: content, mode: mode)
    }

    /// The files of a copied directory. Empty directories are lost, links become the files that they lead to.
    func inline(_ dir: LocalDir, tally: inout InlineTally) throws(SpecError) -> [AddFile] {
        let listed: [ListedFile]
        do {
            listed = try listing(dir)
        } catch {
            throw SpecError(.unreadable, at: "src", "cannot list \(quoted(dir.src)): \(error)")
        }
        for file in listed {
            try tally.add(file.size, of: file.source)
        }
        let location = SpecLocation(directory: "/", files: files)
        var added: [AddFile] = []
        for file in listed.sorted(by: { $0.path.lexicographicallyPrecedes($1.path) }) {
            guard let name = String(validating: file.path, as: UTF8.self) else {
                throw SpecError(
                    .unsupported, at: "src",
                    "the name \(quoted(String(decoding: file.path, as: UTF8.self))) is not UTF-8, "
                        + "which protobuf cannot say; exclude the file or rename it")
            }
            let content = try location.read(file.source, limit: ImageSpec.sizeLimit)
            try tally.add(content.count - file.size, of: file.source)
            added.append(
                AddFile(
                    destination: ImagePath.child(name, of: dir.dest), content: content,
                    mode: file.executable ? 0o755 : nil))
        }
        return added
    }
}

/// Counts the local bytes of one message against `LocalInlining.limit`.
struct InlineTally {
    private(set) var total = 0
    private var largest = (size: 0, path: "")

    mutating func add(_ size: Int, of path: String) throws(SpecError) {
        total += size
        if size > largest.size { largest = (size, path) }
        guard total <= LocalInlining.limit else {
            throw SpecError(
                .tooLarge, at: "",
                "the local files to copy come to \(total) bytes so far (\(quoted(largest.path)) has "
                    + "\(largest.size)); a protobuf spec can hold \(LocalInlining.limit): use strategy "
                    + "\"volume\", or keep the spec as JSON")
        }
    }
}
