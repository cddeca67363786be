import ChalkSystem
import Testing

/// Git's rule for racy timestamps.
@Suite struct FileStampTests {
    private static func stamp(modified: FileStatus.Time, changed: FileStatus.Time) -> FileStamp {
        FileStamp(inode: 7, size: 1, modified: modified, changed: changed)
    }

    @Test(arguments: [
        // The same tick, before and after it.
        (
            FileStatus.Time(seconds: 1_000, nanoseconds: 500),
            FileStatus.Time(seconds: 1_000, nanoseconds: 500),
            FileStatus.Time(seconds: 1_000, nanoseconds: 500)
        ),
        // ctime alone is enough, for mtime can be set back.
        (
            .init(seconds: 1, nanoseconds: 7), .init(seconds: 1_000, nanoseconds: 500),
            .init(seconds: 1_000, nanoseconds: 500)
        ),
        // An mtime set far ahead does not keep a stamp from being believed.
        (
            .init(seconds: 5_000, nanoseconds: 7), .init(seconds: 1_000, nanoseconds: 500),
            .init(seconds: 1_000, nanoseconds: 500)
        ),
        // Whole seconds: two of them have to pass.
        (.init(seconds: 1_000), .init(seconds: 1_000), .init(seconds: 1_002)),
    ]) func aWriteInTheTickOfAReadingCouldRepeatAStamp(
        modified: FileStatus.Time, changed: FileStatus.Time, last: FileStatus.Time
    ) {
        let stamp = FileStampTests.stamp(modified: modified, changed: changed)
        #expect(stamp.isRacy(readAt: last))
        #expect(stamp.isRacy(readAt: .init(seconds: last.seconds - 1, nanoseconds: 999_999_999)))
        #expect(!stamp.isRacy(readAt: .init(seconds: last.seconds, nanoseconds: last.nanoseconds + 1)))
    }

    @Test func eachPartTellsStampsApart() {
        let time = FileStatus.Time(seconds: 5, nanoseconds: 6)
        let stamps = [
            FileStamp(device: 1, inode: 2, size: 3, mode: 4, modified: time, changed: time),
            FileStamp(device: 9, inode: 2, size: 3, mode: 4, modified: time, changed: time),
            FileStamp(device: 1, inode: 9, size: 3, mode: 4, modified: time, changed: time),
            FileStamp(device: 1, inode: 2, size: 9, mode: 4, modified: time, changed: time),
            FileStamp(device: 1, inode: 2, size: 3, mode: 9, modified: time, changed: time),
            FileStamp(device: 1, inode: 2, size: 3, mode: 4, modified: .init(seconds: 5), changed: time),
            FileStamp(device: 1, inode: 2, size: 3, mode: 4, modified: time, changed: .init(seconds: 5)),
        ]
        let bytes = Set(
            stamps.map { stamp in
                var bytes: [UInt8] = []; stamp.append(to: &bytes); return bytes
            })
        #expect(bytes.count == stamps.count && bytes.allSatisfy { $0.count == 56 })
    }
}
