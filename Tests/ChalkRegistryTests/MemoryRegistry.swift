import ChalkTestSupport
import ChalkOCI
import ChalkSystem
import Synchronization

@testable import ChalkRegistry

/// A small registry in the test process, whose uploads can be gone on with after a cut; a test may step in
/// before it answers.
final class MemoryRegistry: Sendable {
    enum Step: Sendable {
        /// The registry's own answer.
        case proceed
        /// The test has answered, or cut the connection.
        case handled
        /// The request does its work, but no answer comes.
        case workSilently
        /// So many bytes of the body are taken in, then the connection is cut.
        case cutAfter(Int64)
    }

    typealias Fault = @Sendable (SeenRequest, ServerConnection) throws -> Step

    struct State: Sendable {
        var blobs: [String: [UInt8]] = [:]
        var manifests: [String: (type: String, bytes: [UInt8])] = [:]
        var uploads: [String: [UInt8]] = [:]
        var nextUpload = 0
        /// Bytes of bodies that came, all uploads together.
        var received: Int64 = 0
    }

    let server: TestServer
    private let box: Box

    final class Box: Sendable {
        let state = Mutex(State())
        let isResumable: Bool
        let keepsReferrers: Bool
        init(isResumable: Bool, keepsReferrers: Bool) {
            self.isResumable = isResumable
            self.keepsReferrers = keepsReferrers
        }
    }

    /// - Parameters:
    ///   - isResumable: whether a cut upload keeps what came of it.
    ///   - keepsReferrers: whether it lists the manifests that refer to another.
    init(
        isResumable: Bool = true, keepsReferrers: Bool = false,
        _ fault: @escaping Fault = { _, _ in .proceed }
    ) throws {
        let box = Box(isResumable: isResumable, keepsReferrers: keepsReferrers)
        self.box = box
        server = try TestServer { request, connection in
            switch try fault(request, connection) {
            case .handled: return
            case .proceed:
                try box.answer(request, connection, limit: .max) {
                    try connection.answer($0, $1, $2, for: request.method)
                }
            case .workSilently:
                try box.answer(request, connection, limit: .max) { _, _, _ in }
                connection.cut()
            case .cutAfter(let limit):
                try box.answer(request, connection, limit: limit) { _, _, _ in }
                connection.cut()
            }
        }
    }

    var name: String { server.name }
    var log: [String] { server.log.map { String($0.prefix { $0 != "?" }) } }

    func reference(_ repository: String = "app", tag: String? = "1") -> Reference {
        Reference(registry: name, repository: repository, tag: tag, digest: nil)
    }

    func with<T: Sendable>(_ body: @Sendable (inout State) -> T) -> T { box.state.withLock { body(&$0) } }

    func blob(_ digest: Digest, in repository: String = "app") -> [UInt8]? {
        with { $0.blobs["\(repository)@\(digest)"] }
    }

    func store(_ bytes: [UInt8], in repository: String = "app") -> Digest {
        let digest = Digest.of(bytes)
        with { $0.blobs["\(repository)@\(digest)"] = bytes }
        return digest
    }

    func store(manifest bytes: [UInt8], type: MediaType = .manifest, tag: String = "1") {
        let digest = Digest.of(bytes)
        with {
            $0.manifests["app:\(tag)"] = (type.name, bytes)
            $0.manifests["app:\(digest)"] = (type.name, bytes)
        }
    }
}

extension MemoryRegistry.Box {
    typealias Answer = (Int, [(String, String)], [UInt8]) throws -> Void

    func answer(_ request: SeenRequest, _ connection: ServerConnection, limit: Int64, _ answer: Answer) throws
    {
        let parts = request.path.split(separator: "/").map(String.init)
        guard parts.count >= 4, parts[0] == "v2" else { return try answer(404, [], []) }
        let repository = parts[1]
        switch (request.method, parts[2], parts[3]) {
        case ("POST", "blobs", "uploads"):
            try open(request, repository, answer)
        case (_, "blobs", "uploads"):
            try upload(request, connection, repository, parts.count > 4 ? parts[4] : "", limit, answer)
        case ("HEAD", "blobs", let digest), ("GET", "blobs", let digest):
            guard let bytes = state.withLock({ $0.blobs["\(repository)@\(digest)"] }) else {
                return try answer(
                    404, [], Array(#"{"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown"}]}"#.utf8))
            }
            var headers = [("Docker-Content-Digest", digest)]
            if request.method == "HEAD" { headers.append(("Content-Length", "\(bytes.count)")) }
            if let range = request.headers["Range"], let start = Int(range.dropFirst(6).dropLast()) {
                headers.append(("Content-Range", "bytes \(start)-\(bytes.count - 1)/\(bytes.count)"))
                return try answer(206, headers, Array(bytes[start...]))
            }
            try answer(200, headers, request.method == "HEAD" ? [] : bytes)
        case ("PUT", "manifests", let tag):
            let bytes = try connection.body()
            let digest = Digest.of(bytes).description
            let type = request.headers["Content-Type"] ?? ""
            state.withLock {
                $0.manifests["\(repository):\(tag)"] = (type, bytes)
                $0.manifests["\(repository):\(digest)"] = (type, bytes)
            }
            var headers = [("Docker-Content-Digest", digest)]
            if keepsReferrers, let subject = try JSON.parse(bytes)["subject"]?["digest"]?.string {
                headers.append(("OCI-Subject", subject))
            }
            try answer(201, headers, [])
        case ("GET", "referrers", let subject) where keepsReferrers:
            try answer(200, [("Content-Type", MediaType.index.name)], referrers(of: subject, repository))
        case ("HEAD", "manifests", let tag), ("GET", "manifests", let tag):
            guard let found = state.withLock({ $0.manifests["\(repository):\(tag)"] }) else {
                return try answer(
                    404, [],
                    Array(#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#.utf8))
            }
            let headers = [
                ("Content-Type", found.type), ("Docker-Content-Digest", Digest.of(found.bytes).description),
                ("Content-Length", "\(found.bytes.count)"),
            ]
            try answer(200, headers, request.method == "HEAD" ? [] : found.bytes)
        default: try answer(405, [], [])
        }
    }

    private func referrers(of subject: String, _ repository: String) throws -> [UInt8] {
        let documents = state.withLock { $0.manifests.filter { $0.key.hasPrefix("\(repository):sha256:") } }
        let entries = try documents.values.filter {
            try JSON.parse($0.bytes)["subject"]?["digest"]?.string == subject
        }.map { type, bytes in
            Descriptor(
                mediaType: MediaType(type), digest: .of(bytes), size: Int64(bytes.count),
                artifactType: try JSON.parse(bytes)["artifactType"]?.string)
        }
        return Index(manifests: entries.sorted { $0.digest < $1.digest }).encoded()
    }

    private func open(_ request: SeenRequest, _ repository: String, _ answer: Answer) throws {
        let query = request.target.drop { $0 != "?" }.dropFirst()
        let items = query.split(separator: "&").map { $0.split(separator: "=").map(String.init) }
        func item(_ name: String) -> String? { items.first { $0.first == name }?.last }
        if let digest = item("mount")?.split(separator: "%3A").joined(separator: ":"), let from = item("from")
        {
            let isMounted = state.withLock { state in
                guard let bytes = state.blobs["\(from)@\(digest)"] else { return false }
                state.blobs["\(repository)@\(digest)"] = bytes
                return true
            }
            if isMounted { return try answer(201, [("Location", "/v2/\(repository)/blobs/\(digest)")], []) }
        }
        let id = state.withLock { state in
            state.nextUpload += 1
            state.uploads["\(state.nextUpload)"] = []
            return state.nextUpload
        }
        try answer(
            202, [("Location", "/v2/\(repository)/blobs/uploads/\(id)?_state=a"), ("Range", "0-0")], [])
    }

    private func upload(
        _ request: SeenRequest, _ connection: ServerConnection, _ repository: String, _ id: String,
        _ limit: Int64,
        _ answer: Answer
    ) throws {
        guard let have = state.withLock({ $0.uploads[id] }) else { return try answer(404, [], []) }
        let location = ("Location", "/v2/\(repository)/blobs/uploads/\(id)?_state=b")
        if request.method == "GET" {
            return try answer(204, [location, ("Range", "0-\(max(0, have.count - 1))")], [])
        }
        if request.method == "DELETE" {
            state.withLock { _ = $0.uploads.removeValue(forKey: id) }
            return try answer(204, [], [])
        }
        if let range = request.headers["Content-Range"], Int(range.prefix { $0 != "-" }) != have.count {
            return try answer(416, [location, ("Range", "0-\(max(0, have.count - 1))")], [])
        }
        let more = try connection.body(limit: limit)
        state.withLock { $0.received += Int64(more.count) }
        if limit < .max, !isResumable {
            state.withLock { _ = $0.uploads.removeValue(forKey: id) }
            return
        }
        let all = have + more
        state.withLock { $0.uploads[id] = all }
        if limit < .max { return }
        if request.method == "PATCH" {
            return try answer(202, [location, ("Range", "0-\(max(0, all.count - 1))")], [])
        }
        let digest = Digest.of(all).description
        let wanted = request.target.split(separator: "digest=").last?.split(separator: "%3A").joined(
            separator: ":")
        guard digest == wanted else {
            return try answer(
                400, [],
                Array(
                    #"{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match uploaded content"}]}"#
                        .utf8))
        }
        state.withLock {
            $0.blobs["\(repository)@\(digest)"] = all
            _ = $0.uploads.removeValue(forKey: id)
        }
        try answer(
            201, [("Location", "/v2/\(repository)/blobs/\(digest)"), ("Docker-Content-Digest", digest)], [])
    }
}

/// Bytes that do not compress and are the same each time.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    let words = (0..<count / 8 + 1).map { _ in random.next() }
    return words.withUnsafeBytes { Array($0.prefix(count)) }
}

func descriptor(_ bytes: [UInt8]) -> Descriptor {
    Descriptor(mediaType: .layerGzip, digest: .of(bytes), size: Int64(bytes.count))
}
