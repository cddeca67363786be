internal import ChalkOCI
internal import ChalkSystem

extension ContentStore {
    /// Reads everything again and says what is wrong. Builds may go on meanwhile; collections wait.
    ///
    /// - Parameter report: called as the check goes on, from several threads.
    /// - Returns: no problem for a good store, also after a process that used it was killed.
    package func verify(report: @escaping @Sendable (VerifyEvent) -> Void = { _ in }) throws -> [StoreProblem]
    {
        let lock = try StoreLock.shared(self)
        return try withExtendedLifetime(lock) { try check(report) }
    }

    private func check(_ report: @escaping @Sendable (VerifyEvent) -> Void) throws -> [StoreProblem] {
        try StoreError.explain("check the store \(path)") {
            var problems = try layoutProblems()
            let corrupt = try blobProblems(report)
            problems += corrupt
            problems += try documentProblems(except: corrupt, report)
            problems += try recordProblems()
            problems += try keyedFileProblems()
            if let folder = try directory.existingFolder(.ingests) {
                let count = try IngestFile.sweep(folder)
                if count > 0 { report(.swept(count)) }
            }
            return problems
        }
    }

    private func layoutProblems() throws -> [StoreProblem] {
        let bytes = try directory.root.document("oci-layout", limit: 4096) ?? []
        guard Self.isKnownLayout(bytes) else {
            return [
                StoreProblem(
                    .layout,
                    "\(path)/oci-layout does not name layout version 1.0.0; delete it to have it made again")
            ]
        }
        return []
    }

    private func blobProblems(_ report: @escaping @Sendable (VerifyEvent) -> Void) throws -> [StoreProblem] {
        let names = try directory.blobs.directory.entries().map { String(decoding: $0.name, as: UTF8.self) }
        let blobs = directory.blobs
        return try IOPool.shared.concurrentMap(names, width: IOPool.processorCount) { name in
            guard let digest = Digest(hex: name) else {
                return StoreProblem(
                    .file("blobs/sha256/\(name)"),
                    "\(blobs.path)/blobs/sha256/\(name) is not named by a digest; delete it")
            }
            return try Self.check(digest, blobs, report)
        }.compactMap { $0 }
    }

    private static func check(
        _ digest: Digest, _ blobs: BlobDirectory, _ report: (VerifyEvent) -> Void
    ) throws -> StoreProblem? {
        do {
            let file = try blobs.open(digest)
            var hasher = SHA256Hasher()
            var buffer = [UInt8](repeating: 0, count: 262_144)
            var count: Int64 = 0
            while case let got = try file.read(into: &buffer), got > 0 {
                hasher.update(buffer[..<got])
                count += Int64(got)
            }
            if hasher.finish() != digest {
                return StoreProblem(.blob(digest), blobs.corrupt(digest).description)
            }
            report(.blob(digest, bytes: count))
            return nil
        } catch let error as StoreError {
            // Removed since it was listed: no blob, no problem.
            return error.code == .notFound ? nil : StoreProblem(.blob(digest), error.description)
        } catch let error as SystemError {
            return StoreProblem(
                .blob(digest),
                "blob \(digest) in \(blobs.path) cannot be read: \(error.reason); delete it and pull or "
                    + "build again"
            )
        }
    }

    private func documentProblems(
        except corrupt: [StoreProblem], _ report: (VerifyEvent) -> Void
    ) throws -> [StoreProblem] {
        var problems: [StoreProblem] = []
        var walk = DocumentWalk(directory.blobs) { self.remoteSources.get($0) != nil }
        do {
            for entry in try references.read().entries {
                let name = entry.name ?? "an entry without a name"
                if let descriptor = entry.descriptor {
                    try walk.follow(entry: descriptor, from: entry.name ?? "index.json")
                } else {
                    problems.append(
                        StoreProblem(
                            .layout,
                            "\(path)/index.json: \(name) is not a descriptor with a sha256 digest; remove "
                                + "it there"
                        ))
                }
            }
        } catch let error as StoreError {
            problems.append(StoreProblem(.layout, error.description))
        }
        do {
            for pin in try pins.list() { try walk.follow(pin.descriptor, from: "pin \(pin.name)") }
        } catch let error as StoreError {
            problems.append(StoreProblem(.file("chalk/pins"), error.description))
        }
        do {
            for root in try volumes.roots(since: .min) {
                try walk.follow(root.descriptor, from: root.name)
            }
        } catch let error as StoreError {
            problems.append(StoreProblem(.file("chalk/volumes"), error.description))
        }
        let known = Set(corrupt.map(\.subject))
        for fault in walk.faults where fault.kind != .unreadable || !known.contains(.blob(fault.digest)) {
            problems.append(StoreProblem(.blob(fault.digest), fault.description))
        }
        for digest in walk.notFetched.sorted() {
            if let source = remoteSources.get(digest) { report(.notFetched(digest, source)) }
        }
        return problems
    }

    private func recordProblems() throws -> [StoreProblem] {
        let (keys, strangers) = try records.keys()
        var problems = strangers.map { name in
            StoreProblem(.file(name), "\(path)/\(name) is no cache record; delete it")
        }
        for key in keys {
            do {
                guard let record = try records.read(key), let layer = record.layer,
                    let fault = records.fault(of: layer)
                else { continue }
                if remoteSources.get(layer.digest) != nil, try !contains(layer.digest) { continue }
                problems.append(
                    StoreProblem(
                        .record(key),
                        "cache record \(key.digest.short) names layer \(layer.digest), which \(fault); it "
                            + "is built again when needed, `chalk-image prune` removes the record"))
            } catch {
                problems.append(
                    StoreProblem(
                        .record(key),
                        "cache record \(key.digest.short) cannot be used: \(error); it is built again "
                            + "when needed, `chalk-image prune` removes the record"))
            }
        }
        return problems
    }

    private func keyedFileProblems() throws -> [StoreProblem] {
        try [.indexes, .ledgers, .sightings, .downloads, .groups].flatMap { folder in
            try problems(in: folder) { _, bytes in CheckedFiles.content(of: bytes) != nil }
        }
            + problems(in: .remote) { digest, _ in self.remoteSources.get(digest) != nil }
    }

    private func problems(
        in folder: StoreFolder, isGood: (Digest, [UInt8]) -> Bool
    ) throws -> [StoreProblem] {
        guard let open = try directory.existingFolder(folder) else { return [] }
        var problems: [StoreProblem] = []
        for entry in try open.entries() {
            let name = String(decoding: entry.name, as: UTF8.self)
            // Only a collection removes such files, and none runs now.
            if let digest = Digest(hex: name),
                let bytes = try? open.document(name, limit: CheckedFiles.limit + 128), isGood(digest, bytes)
            {
                continue
            }
            let file = "chalk/\(folder.rawValue)/\(name)"
            problems.append(
                StoreProblem(.file(file), "\(path)/\(file) is damaged or does not belong there; delete it"))
        }
        return problems
    }
}
