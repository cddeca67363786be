internal import CZlib

/// A raw DEFLATE stream of zlib whose strategy can change on the way: the owner of the C handle.
@safe final class DeflateStream {
    /// How zlib looks at bytes.
    enum Effort: Hashable, Sendable {
        /// Not at all: stored blocks.
        case stored
        /// No matches, only codes for frequent bytes.
        case huffman
        /// Matches with the byte before only, and codes.
        case runs
        /// Matches, at a level from 1 to 9.
        case matches(level: Int)

        fileprivate var parameters: (level: Int32, strategy: Int32) {
            switch self {
            case .stored: (0, Z_DEFAULT_STRATEGY)
            case .huffman: (1, Z_HUFFMAN_ONLY)
            case .runs: (1, Z_RLE)
            case .matches(let level): (Int32(level), Z_DEFAULT_STRATEGY)
            }
        }

        /// How long zlib looks for matches where its level would look longer than that is worth
        /// (docs/decisions/0005): `good_length`, `max_lazy`, `nice_length`, `max_chain`.
        fileprivate var search: (good: Int32, lazy: Int32, nice: Int32, chain: Int32)? {
            switch self {
            case .matches(level: 5): (4, 8, 32, 24)
            case .matches(level: 6): (8, 32, 128, 64)
            case .stored, .huffman, .runs, .matches: nil
            }
        }
    }

    // zlib keeps a pointer to the stream, so it has a fixed address.
    private let stream: UnsafeMutablePointer<z_stream>
    private let first: Effort
    private var effort: Effort

    /// A stream that begins with some effort.
    ///
    /// - Parameters:
    ///   - windowBits: the window as a power of two, 9 to 15.
    ///   - memory: zlib's memLevel, 1 to 9.
    init(_ effort: Effort, windowBits: Int32 = 15, memory: Int32 = 8) throws(ArchiveError) {
        first = effort
        self.effort = effort
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let code = unsafe deflateInit2_(
            stream, effort.parameters.level, Z_DEFLATED, -windowBits, memory, effort.parameters.strategy,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if code != Z_OK { throw ArchiveError(.system, "zlib could not be started: error \(code)") }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Room that any stream of so many bytes, cut into so many parts, fits into.
    func bound(_ size: Int, parts: Int) -> Int {
        Int(unsafe deflateBound(stream, uLong(size))) + 16 * parts
    }

    /// Starts anew, with output that holds ``bound(_:parts:)`` bytes.
    func start(_ output: UnsafeMutablePointer<UInt8>, room: Int) throws(ArchiveError) {
        unsafe deflateReset(stream)
        unsafe stream.pointee.next_out = output
        unsafe stream.pointee.avail_out = uInt(room)
        try change(to: first)
        // Starting anew has set what the level says.
        try limitSearch()
    }

    /// Goes on in other output, with room for all that comes next and what is held back.
    func goOn(_ output: UnsafeMutablePointer<UInt8>, room: Int) {
        unsafe stream.pointee.next_out = output
        unsafe stream.pointee.avail_out = uInt(room)
    }

    /// Compresses more input, all of it.
    func add(_ input: UnsafeBufferPointer<UInt8>, _ effort: Effort, isLast: Bool) throws(ArchiveError) {
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.pointee.avail_in = 0
        try change(to: effort)
        unsafe stream.pointee.avail_in = uInt(input.count)
        let code = unsafe deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
        let isAllRead = unsafe stream.pointee.avail_in == 0
        // Nothing to do is no failure.
        let isGood = code == Z_OK || code == Z_BUF_ERROR && input.isEmpty
        if !isAllRead || (isLast ? code != Z_STREAM_END : !isGood) { throw failed(code) }
    }

    /// Bytes that were written since the start.
    var count: Int { Int(unsafe stream.pointee.total_out) }

    private func change(to effort: Effort) throws(ArchiveError) {
        if effort == self.effort { return }
        self.effort = effort
        // It ends the block, for which there must be nothing left to read and room to write.
        let code = unsafe deflateParams(stream, effort.parameters.level, effort.parameters.strategy)
        if code != Z_OK { throw failed(code) }
        try limitSearch()
    }

    private func limitSearch() throws(ArchiveError) {
        guard let search = effort.search else { return }
        let code = unsafe deflateTune(stream, search.good, search.lazy, search.nice, search.chain)
        if code != Z_OK { throw failed(code) }
    }

    private func failed(_ code: Int32) -> ArchiveError {
        ArchiveError(.system, "zlib failed to compress: error \(code)")
    }
}
