import ChalkOCI
import ChalkSystem
import Synchronization
import Testing

@testable import ChalkImage

/// Nobody does what somebody does already.
struct StepClaimsTests {
    @Test func oneAtATimeUnderEachName() throws {
        let claims = StepClaims()
        let state = Mutex<(inside: [Digest: Int], most: Int, done: Int)>(([:], 0, 0))
        let names = (0..<3).map { Digest.of([$0]) }
        _ = try IOPool(limit: 8).concurrentMap(Array(0..<300), width: 8) { number in
            let name = names[number % 3]
            claims.holding(name) {
                state.withLock { state in
                    state.inside[name, default: 0] += 1
                    state.most = max(state.most, state.inside[name] ?? 0)
                }
                state.withLock { state in
                    state.inside[name, default: 0] -= 1
                    state.done += 1
                }
            }
        }
        #expect(state.withLock { $0.most } == 1 && state.withLock { $0.done } == 300)
    }

    @Test func anErrorLetsTheNextIn() {
        let claims = StepClaims()
        let name = Digest.of([])
        #expect(throws: ChalkError.self) {
            try claims.holding(name) { throw ChalkError(.failed, "no") }
        }
        #expect(claims.holding(name) { true })
    }
}
