internal import ChalkArchive
internal import ChalkExec
internal import ChalkOCI
internal import ChalkSystem

/// What a worker does with layers: ChalkExec's seam, filled with ChalkArchive.
struct ArchiveLayerWork: LayerWork {
    func apply(
        blob: any ByteSource, into root: borrowing FileDescriptor, lowers: @escaping () throws -> [String],
        userXattr: Bool
    ) throws -> DiffID {
        try LayerApplier.apply(
            blob, into: root, form: .overlay(userXattr: userXattr),
            lower: AwaitedTree { try stack(try lowers(), Overlay(userXattr: userXattr)) }
        ).diffID
    }

    func writeLayer(
        upper: borrowing FileDescriptor, lowers: [String], request: JSON, to sink: any ByteSink
    ) throws -> JSON {
        let order = try LayerOrder(json: request)
        let overlay = Overlay(userXattr: order.isRootless)
        let below = try stack(lowers, overlay)
        let diff = OverlayDiff(
            upper: try upper.duplicate(), overlay: overlay, epoch: order.epoch.seconds,
            lowerStatus: { try below.status($0) })
        let writer = try LayerWriter(options: LayerOptions(compression: order.compression), sink: sink)
        let sockets = try diff.visit { try writer.add($0, content: $1) }
        let summary = try writer.finish()
        return LayerAnswer(summary, sockets: sockets.map(\.display), cost: StepCost(writer.cost)).json
    }

    private func stack(_ lowers: [String], _ overlay: Overlay) throws -> OverlayStack {
        let stack = OverlayStack(overlay)
        for lower in lowers { stack.append(try FileDescriptor.directory(lower)) }
        return stack
    }
}
