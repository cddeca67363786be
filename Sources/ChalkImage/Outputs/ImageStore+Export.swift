internal import ChalkArchive
public import ChalkOCI
package import ChalkSystem

extension ImageStore {
    /// Writes an image in another form.
    ///
    /// - Parameter names: what the image is called there.
    public func export(
        _ name: String, to output: ImageOutput, names: [Reference] = [],
        _ options: TransferOptions = TransferOptions()
    ) async throws {
        try await ChalkError.offload { cancellation in
            try self.performExport(name, to: output, names: names, options, cancellation: cancellation)
        }
    }

    /// The same on the caller's thread.
    package func performExport(
        _ name: String, to output: ImageOutput, names: [Reference], _ options: TransferOptions,
        cancellation: Cancellation
    ) throws {
        try withClient(options, cancellation) { client in
            let image = try stored(name)
            let groups = try groupSet(of: name).map { try GroupSet.narrowed($0, to: image, in: content) }
            try BlobFetcher(store: content, client: client, report: { _ in }).fetch(image.manifest.layers)
            let writer = ExportWriter(
                store: content, image: image, names: names.map(\.withDefaultTag), groups: groups,
                cancellation: cancellation)
            switch output.kind {
            case .layout: try writer.writeLayout(output.destination)
            case .directory: try writer.writeDirectory(output.destination)
            case .archive: try writeFile(output, writer.writeArchive)
            case .dockerArchive: try writeFile(output, writer.writeDockerArchive)
            case .tar: try writeFile(output, writer.writeTar)
            }
        }
    }

    /// A file that appears whole or not at all, or standard output.
    private func writeFile(_ output: ImageOutput, _ write: (any ByteSink) throws -> Void) throws {
        if output.isStandardOutput { return try write(FileStream(try FileDescriptor.standardOutput())) }
        let parent = try FileDescriptor.directory(PathText.parent(of: output.destination))
        let name = PathText.name(of: output.destination)
        let temporary = ".\(name).\(RandomName.make())"
        do {
            let file = try parent.open(temporary, [.writeOnly, .create, .exclusive], mode: 0o644)
            try write(FileStream(file))
            try parent.rename(temporary, to: name, in: parent)
        } catch {
            try? parent.removeFile(temporary)
            throw error
        }
    }
}
