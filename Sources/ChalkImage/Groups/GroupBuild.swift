internal import ChalkArchive
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkSpec
internal import ChalkStore
internal import ChalkSystem

/// Makes the groups of an image: each a layer of its own, recognised or made from the first change on like any layer of
/// files (`docs/decisions/0004`, `0011`).
struct GroupBuild {
    let session: BuildSession
    let cache: StepCache
    let files: GroupFiles

    init(_ spec: ImageSpec, session: BuildSession, context: BuildContext) {
        self.session = session
        files = GroupFiles(spec, session: session)
        // A group is no step: caches of other machines are neither asked for it nor told of it.
        cache = StepCache(session, stage: 0, context: context, used: UsedRecords()).own
    }

    /// A group whose layer is in the store.
    struct Made {
        let content: GroupContent
        let reason: String?
        let seconds: Double
        let cost: StepCost?

        /// What is told of it once its image is known.
        func report(_ group: VolumeGroup) -> GroupReport {
            GroupReport(group: group, reason: reason, seconds: seconds, cost: cost)
        }
    }

    /// Makes every group's layer.
    func make() throws -> [Made] {
        let groups = try files.plan()
        for warning in files.warnings { session.report(.warning(warning)) }
        return try groups.map { group in
            let began = MonotonicClock.now
            let result = try failing(group) { try layer(group).build() }
            guard let layer = result.layer else {
                throw ChalkError(.failed, "the group \(group.mountPath) came out without a layer")
            }
            var reason: String?
            if case .built(_, _, _, let why) = result.outcome { reason = why }
            return Made(
                content: GroupContent(
                    mountPath: group.mountPath, layer: layer, files: group.files, bytes: group.bytes),
                reason: reason, seconds: MonotonicClock.now - began, cost: result.cost)
        }
    }

    /// What a build would do with each group; nothing is written.
    ///
    /// - Parameter image: the files of the image, looked at only where there are groups; nil while they are not known.
    func forecast(over image: () throws -> StackIndex?) throws -> [PlannedGroup] {
        let groups = try files.plan()
        for warning in files.warnings { session.report(.warning(warning)) }
        let image = groups.isEmpty ? nil : try image()
        return try groups.map { group in
            let (inputs, table) = try failing(group) { try layer(group).forecast() }
            let verdict: PlannedStep.Verdict =
                switch try cache.find(group.step, inputs, table: table, touching: false) {
                case .hit(let layer): .hit(layer: layer?.descriptor.digest)
                case .found(let found): .hit(layer: found.record.layer?.digest)
                case .miss(let why): .miss(reason: why.description)
                }
            return PlannedGroup(
                mountPath: group.mountPath, files: group.files, bytes: group.bytes, verdict: verdict,
                hides: try image.map { try GroupBuild.names(at: group.mountPath, in: $0) })
        }
    }

    /// Says of an error which group it is about.
    private func failing<T>(_ group: GroupFiles.Planned, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch {
            let inner = ChalkError(wrapping: error)
            if inner.kind == .interrupted { throw inner }
            throw ChalkError(inner.kind, "the group \(group.mountPath): \(inner.description)")
        }
    }

    private func layer(_ group: GroupFiles.Planned) -> FileLayer {
        FileLayer(session: session, cache: cache, step: group.step, entries: group.entries, notes: [])
    }

    /// What a mount at a path hides.
    private static func names(at path: String, in image: StackIndex) throws -> [String] {
        let real = try image.resolve(Array(path.utf8.dropFirst()), followingLast: true)
        switch image.lookup(real) {
        case .missing: return []
        case .directory: return image.names(in: real).map(\.display)
        case .file, .link: return [path]
        }
    }
}

extension GroupSet {
    /// Writes the documents that make groups those of an image.
    ///
    /// - Parameters:
    ///   - image: a manifest, or an index with images for `platforms`, by their descriptors.
    /// - Returns: the set, with the groups as their image has them; nil without groups.
    static func keep(
        _ contents: [GroupContent], of image: Descriptor, platform: Platform, in store: ContentStore
    ) throws -> (set: Descriptor, groups: [VolumeGroup])? {
        try keep(contents, of: image, in: store) { content in
            try GroupImage(content: content, subject: image, platform: platform).keep(in: store)
        }
    }

    /// The same for an index with an image for each platform.
    static func keep(
        _ contents: [GroupContent], of index: Descriptor, images: [Descriptor], in store: ContentStore
    ) throws -> (set: Descriptor, groups: [VolumeGroup])? {
        try keep(contents, of: index, in: store) { content in
            let entries = try images.compactMap { image -> Descriptor? in
                guard let platform = image.platform else { return nil }
                var entry = try GroupImage(content: content, subject: image, platform: platform).keep(
                    in: store)
                entry.platform = platform
                return entry
            }
            let bytes = Index(
                manifests: entries,
                subject: Descriptor(mediaType: index.mediaType, digest: index.digest, size: index.size),
                annotations: [GroupImage.Annotation.path: content.mountPath]
            ).encoded()
            return Descriptor(
                mediaType: .index, digest: try store.put(bytes, .deferred), size: Int64(bytes.count))
        }
    }

    private static func keep(
        _ contents: [GroupContent], of subject: Descriptor, in store: ContentStore,
        image: (GroupContent) throws -> Descriptor
    ) throws -> (set: Descriptor, groups: [VolumeGroup])? {
        if contents.isEmpty { return nil }
        let images = try contents.map { ($0, try image($0)) }
        let set = GroupSet(
            subject: subject, members: images.map { Member(mountPath: $0.mountPath, image: $1) })
        return (try set.keep(in: store), images.map { $0.group($1) })
    }
}
