internal import ChalkStore
package import ChalkSystem

extension Volume {
    /// Shows the volume's live directory at a place of the host until the flag goes up, as to a container: root mounts
    /// it there, others get a link to it. What was written is a new version then.
    ///
    /// - Parameters:
    ///   - place: absolute; an empty directory for a mount, nothing for a link.
    ///   - report: called once, when it can be used.
    package func performMount(
        at place: String, readOnly: Bool, cancellation: Cancellation, report: (_ isMount: Bool) -> Void
    ) throws {
        try ChalkError.wrap {
            let isMount = CurrentProcess.userID == 0
            try checkPlace(place, isMount: isMount)
            let attachment = try volumes.attach(key, readOnly: readOnly)
            do {
                try show(attachment.path, at: place, isMount: isMount, readOnly: readOnly)
            } catch {
                _ = try? attachment.detach()
                throw error
            }
            report(isMount)
            let end = WaitPoint()
            cancellation.withHandler({ end.signal() }) { end.wait() }
            if isMount {
                try Mount.detach(place)
            } else {
                try FileDescriptor.directory(PathText.parent(of: place)).removeFile(PathText.name(of: place))
            }
            _ = try attachment.detach()
        }
    }

    private func checkPlace(_ place: String, isMount: Bool) throws {
        let status = try FileSystem.statusIfPresent(place)
        if !isMount {
            if status == nil { return }
            throw ChalkError(
                .invalidInput, "\(place) is there already; name a place where nothing is, for a link")
        }
        guard status?.kind == .directory else {
            throw ChalkError(.notFound, "there is no directory \(place) to mount the volume \(name) at")
        }
        guard try FileDescriptor.directory(place).entries().isEmpty else {
            throw ChalkError(
                .invalidInput, "\(place) is not empty; name an empty directory to mount the volume at")
        }
    }

    private func show(_ path: String, at place: String, isMount: Bool, readOnly: Bool) throws {
        guard isMount else {
            let parent = try FileDescriptor.directory(PathText.parent(of: place))
            return try parent.makeLink(PathText.name(of: place), to: path)
        }
        try Mount.mount(path, on: place, type: "", .bind)
        if readOnly { try Mount.mount("", on: place, type: "", [.bind, .remount, .readOnly]) }
    }
}
