import Testing

@testable import ChalkRegistry

@Suite struct UploadPlanTests {
    let session: HTTPURL
    let other: HTTPURL
    let cut = Fault(.network, "the connection was cut", isTransient: true)

    init() throws {
        session = try #require(HTTPURL("http://r/u/1"))
        other = try #require(HTTPURL("http://r/u/2"))
    }

    func refused(_ status: Int) -> Fault { Fault(.refused, "answered \(status)", status: status) }

    @Test func smallBlobsTravelWithThePut() {
        var plan = UploadPlan(size: 10)
        #expect(plan.action == .open)
        plan.opened(session, minimumChunk: nil)
        #expect(plan.action == .put(session, 0..<10, isRanged: false))
        plan.finished()
        #expect(plan.action == .done)
    }

    @Test func emptyBlob() {
        var plan = UploadPlan(size: 0)
        plan.opened(session, minimumChunk: nil)
        #expect(plan.action == .put(session, 0..<0, isRanged: false))
    }

    @Test func largeBlobsAreCommittedOnTheirOwn() {
        var plan = UploadPlan(size: 100, monolithicLimit: 10)
        plan.opened(session, minimumChunk: nil)
        #expect(plan.action == .patch(session, 0..<100, isRanged: false))
        plan.accepted(other, offset: 100)
        #expect(plan.action == .put(other, 100..<100, isRanged: false))
    }

    @Test func chunks() {
        var plan = UploadPlan(size: 25, chunk: 10, monolithicLimit: 8)
        plan.opened(session, minimumChunk: 4)
        #expect(plan.action == .patch(session, 0..<10, isRanged: true))
        plan.accepted(other, offset: 10)
        #expect(plan.action == .patch(other, 10..<20, isRanged: true))
        plan.accepted(nil, offset: nil)
        #expect(plan.action == .put(other, 20..<25, isRanged: true))
        var large = UploadPlan(size: 25, chunk: 10, monolithicLimit: 8)
        large.opened(session, minimumChunk: 20)
        #expect(large.action == .patch(session, 0..<20, isRanged: true))
    }

    @Test func theServersOffsetCounts() {
        var plan = UploadPlan(size: 100, monolithicLimit: 10)
        plan.opened(session, minimumChunk: nil)
        plan.accepted(nil, offset: 60)
        #expect(plan.action == .patch(session, 60..<100, isRanged: true))
        // What cannot be is not believed; the commit checks the digest anyway.
        plan.accepted(nil, offset: 5_000)
        #expect(plan.action == .put(session, 100..<100, isRanged: false))
    }

    @Test func cutUploadGoesOnFromTheServersOffset() {
        var plan = UploadPlan(size: 100, monolithicLimit: 10)
        plan.opened(session, minimumChunk: nil)
        plan.failed(cut)
        #expect(plan.takeSetback() == cut)
        #expect(plan.takeSetback() == nil)
        #expect(plan.action == .locate(session))
        plan.located(other, offset: 40)
        #expect(plan.action == .patch(other, 40..<100, isRanged: true))
        plan.failed(cut)
        plan.located(nil, offset: 100)
        #expect(plan.action == .put(other, 100..<100, isRanged: false))
    }

    @Test func aLostSessionStartsAgain() {
        var plan = UploadPlan(size: 100, monolithicLimit: 10)
        plan.opened(session, minimumChunk: nil)
        plan.failed(cut)
        #expect(plan.takeSetback() == cut)
        plan.failed(refused(404))
        #expect(plan.action == .open)
        #expect(plan.setback == nil)
        plan.opened(other, minimumChunk: nil)
        #expect(plan.action == .patch(other, 0..<100, isRanged: false))
        plan.failed(refused(404))
        #expect(plan.action == .open)
    }

    @Test func aSessionOutOfStepIsAskedOnce() {
        var plan = UploadPlan(size: 100, monolithicLimit: 10)
        plan.opened(session, minimumChunk: nil)
        plan.failed(refused(416))
        #expect(plan.action == .locate(session))
        plan.located(nil, offset: 40)
        plan.failed(refused(416))
        #expect(plan.action == .open)
    }

    @Test(arguments: [-1, 101]) func impossibleOffsetStartsAgain(offset: Int64) {
        var plan = UploadPlan(size: 100, monolithicLimit: 10)
        plan.opened(session, minimumChunk: nil)
        plan.failed(cut)
        plan.located(nil, offset: offset)
        #expect(plan.action == .open)
    }

    @Test func aFailedCommitIsLookedForFirst() {
        for fault in [cut, refused(404), refused(400)] {
            var plan = UploadPlan(size: 100, monolithicLimit: 10)
            plan.opened(session, minimumChunk: nil)
            plan.accepted(nil, offset: 100)
            plan.failed(fault)
            #expect(plan.action == .confirm)
            plan.confirmed(true)
            #expect(plan.action == .done)
            #expect(plan.setback == nil)
        }
    }

    @Test func aCommitThatDidNotLand() {
        func plan(after fault: Fault) -> UploadPlan.Action {
            var plan = UploadPlan(size: 100, monolithicLimit: 10)
            plan.opened(session, minimumChunk: nil)
            plan.accepted(nil, offset: 100)
            plan.failed(fault)
            plan.confirmed(false)
            return plan.action
        }
        #expect(plan(after: cut) == .put(session, 100..<100, isRanged: false))
        #expect(plan(after: refused(404)) == .open)
        #expect(plan(after: refused(400)) == .fail(refused(400)))
        #expect(plan(after: refused(416)) == .locate(session))
    }

    @Test func aCutPutOfASmallBlobAsksForTheOffset() {
        var plan = UploadPlan(size: 10)
        plan.opened(session, minimumChunk: nil)
        plan.failed(cut)
        plan.confirmed(false)
        #expect(plan.action == .locate(session))
        plan.located(nil, offset: 4)
        #expect(plan.action == .put(session, 4..<10, isRanged: true))
    }

    @Test func whatIsRefusedEnds() {
        var plan = UploadPlan(size: 100, monolithicLimit: 10)
        plan.failed(cut)
        #expect(plan.action == .open)
        plan.failed(refused(403))
        #expect(plan.action == .fail(refused(403)))
        var patch = UploadPlan(size: 100, monolithicLimit: 10)
        patch.opened(session, minimumChunk: nil)
        patch.failed(refused(413))
        #expect(patch.action == .fail(refused(413)))
    }

    @Test func aLookThatFailsKeepsTheCommitsFailure() {
        var plan = UploadPlan(size: 10)
        plan.opened(session, minimumChunk: nil)
        plan.failed(refused(400))
        plan.failed(cut)
        #expect(plan.action == .fail(refused(400)))
        #expect(plan.setback == refused(400))
    }

    @Test(
        arguments: [
            ("0-0", 0), ("0-9", 10), ("bytes=0-9", 10), ("", nil), ("5-9", nil), ("0--1", nil), ("0-x", nil),
            ("0-9223372036854775807", nil),
        ] as [(String, Int64?)])
    func ranges(text: String, expected: Int64?) { #expect(UploadRange(text)?.count == expected) }

    @Test(
        arguments: [
            ("bytes 5-9/10", 5, 9, 10), ("bytes 0-0/*", 0, 0, nil), ("BYTES 5-9/10", 5, 9, 10),
        ] as [(String, Int64, Int64, Int64?)])
    func contentRanges(text: String, first: Int64, last: Int64, total: Int64?) throws {
        let range = try #require(ContentRange(text))
        #expect(range.first == first && range.last == last && range.total == total)
    }

    @Test(arguments: [
        "", "bytes", "bytes 5-9", "bytes */10", "bytes 9-5/10", "bytes 5-10/10", "items 1-2/3",
        "bytes -5-9/10",
    ])
    func noContentRanges(text: String) { #expect(ContentRange(text) == nil) }
}
