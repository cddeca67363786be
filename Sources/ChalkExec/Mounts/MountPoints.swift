internal import ChalkOCI
internal import ChalkSystem

/// Places to mount on, made on a layer of their own.
///
/// A runtime that finds no /proc or /etc/hosts in the image makes one, and it would be part of the step's
/// changes: the file, and every directory above it, whose time changed. So they are made here, in a directory that
/// is put between the image's layers and the changes; directories above, which exist below already, appear there
/// once more with the same attributes. The changes then hold what the step did and nothing else.
struct MountPoints: ~Copyable {
    private let view: RootView
    private let layer: FileDescriptor
    /// Directories that are in the layer, with the time each shall have at the end.
    private var times: [[[UInt8]]: FileStatus.Time] = [:]
    /// What was made that no layer had, as paths like `etc/hosts`.
    private(set) var made: Set<String> = []

    private static let epoch = FileStatus.Time(seconds: Timestamp.defaultEpoch.seconds)

    /// Mount points for the tree that `view` shows, made in the empty directory `layer`.
    init(view: consuming RootView, layer: String) throws {
        self.view = view
        self.layer = try FileDescriptor.directory(layer)
    }

    /// The place that a destination leads to, made now where the layers have none.
    mutating func add(_ destination: String, isDirectory: Bool) throws -> RootView.Place {
        let place = try view.place(of: destination)
        if place.missing.isEmpty { return place }
        var path: [[UInt8]] = []
        for name in place.existing {
            path.append(name)
            try repeatDirectory(path)
        }
        for (index, name) in place.missing.enumerated() {
            path.append(name)
            let last = index == place.missing.count - 1
            try make(path, isDirectory: isDirectory || !last)
        }
        return place
    }

    /// Looks up a place without making it.
    func place(of path: String) throws -> RootView.Place {
        try view.place(of: path)
    }

    /// A file of the image, or nil.
    func read(_ path: String, limit: Int) throws -> [UInt8]? {
        try view.read(path, limit: limit)
    }

    /// Gives the layer's root and directories the attributes and times they shall have; says whether it is needed.
    consuming func finish() throws -> Bool {
        let root = try view.status(of: [])
        try layer.changeMode(root.mode, of: ".")
        try layer.changeOwner(uid: root.uid, gid: root.gid, of: ".")
        times[[]] = root.modified
        for (path, time) in times.sorted(by: { $0.key.count > $1.key.count }) {
            try layer.changeTime(time, of: RootView.join(path))
        }
        return !made.isEmpty
    }

    private mutating func repeatDirectory(_ path: [[UInt8]]) throws {
        if times[path] != nil { return }
        let status = try view.status(of: path)
        let name = RootView.join(path)
        try layer.makeDirectory(name, mode: 0o700)
        try layer.changeOwner(uid: status.uid, gid: status.gid, of: name)
        try layer.changeMode(status.mode, of: name)
        times[path] = status.modified
    }

    private mutating func make(_ path: [[UInt8]], isDirectory: Bool) throws {
        let name = RootView.join(path)
        guard made.insert(name.display).inserted else { return }
        if isDirectory {
            try layer.makeDirectory(name, mode: 0o755)
            times[path] = MountPoints.epoch
        } else {
            try layer.open(name, [.writeOnly, .create, .exclusive], mode: 0o644).close()
            try layer.changeTime(MountPoints.epoch, of: name)
        }
    }
}
