/// What to send next to get one blob into a registry (distribution-spec, pushing blobs), as a value.
///
/// The caller does what ``action`` says and tells what came of it; the plan decides how to go on: small blobs
/// in one PUT, larger ones by PATCH with an empty PUT to commit; after a failure the server is asked for its
/// offset, and before a failed commit counts as failed the blob is looked for, because many such commits landed.
struct UploadPlan: Sendable {
    enum Action: Hashable, Sendable {
        /// POST for an upload session.
        case open
        /// PATCH with these bytes of the blob; `isRanged` says whether to send Content-Range.
        case patch(HTTPURL, Range<Int64>, isRanged: Bool)
        /// PUT with the digest and these last bytes, perhaps none.
        case put(HTTPURL, Range<Int64>, isRanged: Bool)
        /// GET the session: how many bytes does the server have?
        case locate(HTTPURL)
        /// HEAD the blob: did the commit land?
        case confirm
        case done
        case fail(Fault)
    }

    /// What to do now.
    private(set) var action = Action.open
    /// The failure that the next attempt has to wait for; nil when there was none since the last.
    private(set) var setback: Fault?

    private let size: Int64
    private let chunk: Int64?
    private let monolithicLimit: Int64
    private var minimumChunk: Int64 = 0
    private var locatedOffset: Int64?
    private var isKept: Bool
    private var streams = false

    /// A plan for a blob of `size` bytes.
    ///
    /// - Parameters:
    ///   - chunk: most bytes of one PATCH; nil sends all that is left in one.
    ///   - monolithicLimit: up to this many bytes travel with the PUT.
    ///   - kept: an upload session of an earlier attempt, which may be gone.
    init(size: Int64, chunk: Int64? = nil, monolithicLimit: Int64 = smallest, kept: HTTPURL? = nil) {
        self.size = size
        self.chunk = chunk.map { max(1, $0) }
        self.monolithicLimit = monolithicLimit
        isKept = kept != nil
        if let kept { action = .locate(kept) }
    }

    /// Up to this many bytes nothing is gained by going on with an upload.
    static let smallest: Int64 = 4 << 20

    /// How many bytes the server has, while some are being sent.
    var offset: Int64? {
        switch action {
        case .patch(_, let range, _), .put(_, let range, _): range.lowerBound
        default: nil
        }
    }

    /// A session was opened.
    mutating func opened(_ url: HTTPURL, minimumChunk: Int64?) {
        self.minimumChunk = max(0, minimumChunk ?? 0)
        (locatedOffset, isKept) = (nil, false)
        send(from: 0, to: url)
    }

    /// The server has the blob already, or mounted it.
    mutating func finished() { action = .done }

    /// A PATCH was taken; `url` is where to go on, `offset` how many bytes the server says it has.
    mutating func accepted(_ url: HTTPURL?, offset: Int64?) {
        guard case .patch(let old, let range, _) = action else { return }
        var next = range.upperBound
        if let offset, offset > range.lowerBound, offset < next { next = offset }
        send(from: next, to: url ?? old)
    }

    /// The server said how many bytes it has.
    mutating func located(_ url: HTTPURL?, offset: Int64) {
        guard case .locate(let old) = action else { return }
        guard offset >= 0, offset <= size else {
            action = .open
            return
        }
        (locatedOffset, isKept) = (offset, false)
        send(from: offset, to: url ?? old)
    }

    /// The blob was looked for after a commit that failed.
    mutating func confirmed(_ isThere: Bool) {
        guard case .confirm = action else { return }
        if isThere {
            setback = nil
            action = .done
        } else {
            action = afterConfirm
        }
    }

    /// What was tried failed.
    mutating func failed(_ fault: Fault) {
        // A look that failed says nothing new about the commit that did.
        if action != .confirm { setback = fault }
        switch action {
        case .open:
            if !fault.isTransient { action = .fail(fault) }
        case .patch(let url, let range, let isRanged):
            if isRanged, range.count < size, !streams, [400, 405, 501].contains(fault.status) {
                // Not every registry takes a blob in pieces; all take it in one.
                (action, streams) = (.open, true)
            } else {
                action = resume(after: fault, at: url, offset: range.lowerBound)
            }
        case .put(let url, let range, let isRanged):
            if range.isEmpty, fault.isTransient {
                afterConfirm = .put(url, range, isRanged: isRanged)
            } else {
                afterConfirm = resume(after: fault, at: url, offset: range.lowerBound)
            }
            action = .confirm
        case .locate:
            // The wait for the failure before this one is over; that the session is gone needs no other.
            if !fault.isTransient || isKept { (action, setback) = (.open, nil) }
        case .confirm:
            action = afterConfirm
        case .done, .fail:
            break
        }
    }

    /// Takes the failure that has to be waited for.
    mutating func takeSetback() -> Fault? {
        defer { setback = nil }
        return setback
    }

    private var afterConfirm = Action.open

    private func resume(after fault: Fault, at url: HTTPURL, offset: Int64) -> Action {
        if fault.isTransient { return .locate(url) }
        switch fault.status {
        // The session is gone; or it is out of step although the server said where it is.
        case 404, 410: return .open
        case 416: return locatedOffset == offset ? .open : .locate(url)
        default: return .fail(fault)
        }
    }

    private mutating func send(from offset: Int64, to url: HTTPURL) {
        let left = size - offset
        let isRanged = offset > 0
        let chunk = streams ? nil : chunk
        if left <= monolithicLimit, chunk.map({ left <= max($0, minimumChunk) }) ?? true {
            action = .put(url, offset..<size, isRanged: isRanged && left > 0)
        } else if let chunk {
            let end = min(size, offset + max(chunk, minimumChunk))
            action = .patch(url, offset..<end, isRanged: isRanged || end < size)
        } else {
            action = .patch(url, offset..<size, isRanged: isRanged)
        }
    }
}
