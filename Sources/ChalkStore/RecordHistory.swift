internal import ChalkOCI
internal import ChalkSystem
private import Synchronization

/// What every record was made of, in few bytes, so that the one most like a step is found without reading
/// all.
///
/// A file for each kind, `chalk/records/nearest/<16 digits>`, only ever appended to but by a collection. A
/// row is a line: the key's 64 digits, then 16 digits of the title's digest, then 16 of each input's, with
/// spaces between. Rows that make no sense are passed over.
final class RecordHistory: Sendable {
    static let folder = "nearest"
    /// Only so many last bytes of a file are looked at: 16 MiB, some 60,000 records.
    private static let limit: Int64 = 16 << 20

    private struct Row: Sendable {
        /// Where the key's digits are among the bytes.
        let key: Int
        let title: UInt64
        let inputs: Range<Int>
    }

    /// A file as it was read so far.
    private struct View: Sendable {
        let inode: UInt64
        /// Where in the file the next row starts.
        var end: Int64
        var bytes: [UInt8] = []
        var rows: [Row] = []
        var inputs: [UInt64] = []
    }

    private let directory: StoreDirectory
    private let views = Mutex<[String: View]>([:])

    init(_ directory: StoreDirectory) { self.directory = directory }

    /// Adds records.
    func append(_ records: [CacheRecord]) throws {
        for (kind, records) in Dictionary(grouping: records, by: \.kind).sorted(by: { $0.key < $1.key }) {
            let file = try directory.folder(.records).folder(Self.folder).open(
                Self.name(of: kind), [.writeOnly, .create, .append, .noFollow], mode: 0o644)
            // One write: other processes append whole rows before or after it.
            try file.write(records.flatMap(Self.row))
        }
    }

    /// Makes the history hold these records only, in the order they were made.
    func rewrite(_ records: [CacheRecord]) throws {
        let folder = try directory.folder(.records).folder(Self.folder)
        let kinds = Dictionary(grouping: records, by: \.kind)
        let names = Set(kinds.keys.map { Array(Self.name(of: $0).utf8) })
        for entry in try folder.entries() where !names.contains(entry.name) {
            try folder.removeTree(entry.name)
        }
        for (kind, records) in kinds.sorted(by: { $0.key < $1.key }) {
            let ordered = records.sorted { ($0.created, $0.key) < ($1.created, $1.key) }
            try directory.put(
                ordered.flatMap(Self.row), as: Self.name(of: kind), in: folder, .checkedWhenRead)
        }
    }

    /// The keys of up to `count` records, the most alike first.
    func best(
        _ count: Int, kind: String, title: String, inputs: [CacheRecord.Input], besides: CacheKey?
    ) -> [CacheKey] {
        let wanted = Set(inputs.map(Self.number))
        let wantedTitle = Self.number(title)
        return views.withLock { views in
            guard let view = try? refreshed(views.removeValue(forKey: kind), kind) else { return [] }
            views[kind] = view
            var best: [(score: Int, row: Int, key: CacheKey)] = []
            for (number, row) in view.rows.enumerated() {
                var score = row.title == wantedTitle ? 1 << 32 : 0
                for index in row.inputs where wanted.contains(view.inputs[index]) { score += 1 }
                // Later rows win among equals.
                if best.count == count, let last = best.last, score < last.score { continue }
                let digits = String(decoding: view.bytes[row.key..<row.key + 64], as: UTF8.self)
                guard let digest = Digest(hex: digits), CacheKey(digest) != besides else { continue }
                best.removeAll { $0.key.digest == digest }
                let place = best.firstIndex { $0.score <= score } ?? best.count
                best.insert((score, number, CacheKey(digest)), at: place)
                if best.count > count { best.removeLast() }
            }
            return best.map(\.key)
        }
    }

    private func refreshed(_ view: consuming View?, _ kind: String) throws -> View? {
        guard let folder = try directory.existingFolder(.records)?.existingFolder(Self.folder),
            let file = try folder.openFile(Self.name(of: kind))
        else { return nil }
        let status = try file.status()
        var view = view
        if view?.inode != status.inode || view.map({ status.size < $0.end }) ?? true {
            view = View(inode: status.inode, end: max(0, status.size - Self.limit))
        }
        guard var view else { return nil }
        try file.seek(to: view.end)
        let tail = try file.readToEnd(limit: Int(2 * Self.limit))
        // A row that has no end yet is read again the next time.
        let whole = tail.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let start = view.bytes.count
        view.bytes += tail[..<whole]
        view.end += Int64(whole)
        Self.parse(from: start, in: &view)
        return view
    }

    private static func parse(from start: Int, in view: inout View) {
        var position = start
        while position < view.bytes.count, let end = view.bytes[position...].firstIndex(of: 0x0A) {
            defer { position = end + 1 }
            // 64 digits, then groups of a space and 16 digits, at least one.
            guard end - position >= 81, (end - position - 64) % 17 == 0 else { continue }
            let first = view.inputs.count
            var title: UInt64?
            for group in stride(from: position + 64, to: end, by: 17) {
                guard view.bytes[group] == 0x20, let number = number(at: group + 1, in: view.bytes) else {
                    title = nil
                    break
                }
                if title == nil { title = number } else { view.inputs.append(number) }
            }
            guard let title else {
                view.inputs.removeSubrange(first...)
                continue
            }
            view.rows.append(Row(key: position, title: title, inputs: first..<view.inputs.count))
        }
    }

    private static func number(at start: Int, in bytes: [UInt8]) -> UInt64? {
        var number: UInt64 = 0
        for index in start..<start + 16 {
            switch bytes[index] {
            case 0x30...0x39: number = number << 4 | UInt64(bytes[index] - 0x30)
            case 0x61...0x66: number = number << 4 | UInt64(bytes[index] - 0x61 + 10)
            default: return nil
            }
        }
        return number
    }

    private static func number(_ text: String) -> UInt64 {
        UInt64(Digest.of(Array(text.utf8)).hex.prefix(16), radix: 16) ?? 0
    }

    private static func number(_ input: CacheRecord.Input) -> UInt64 {
        number("\(input.name.utf8.count) \(input.name)\(input.value)")
    }

    private static func digits(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return " " + String(repeating: "0", count: 16 - text.count) + text
    }

    private static func row(_ record: CacheRecord) -> [UInt8] {
        var line = record.key.digest.hex + digits(number(record.title))
        for input in record.inputs { line += digits(number(input)) }
        return Array((line + "\n").utf8)
    }

    private static func name(of kind: String) -> String {
        String(Digest.of(Array(kind.utf8)).hex.prefix(16))
    }
}
