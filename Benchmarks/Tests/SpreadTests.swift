import Testing

@testable import bench

struct SpreadTests {
    @Test(arguments: [
        ([3.0], 3.0, 3.0, 3.0), ([4, 1, 3], 3, 1, 4), ([4, 1, 3, 2], 2.5, 1, 4), ([2, 2, 2, 9], 2, 2, 9),
    ]) func medianAndEnds(values: [Double], median: Double, least: Double, most: Double) throws {
        let spread = try #require(Spread(values))
        #expect(spread.median == median)
        #expect(spread.least == least)
        #expect(spread.most == most)
        #expect(spread.count == values.count)
    }

    @Test func nothingHasNoSpread() {
        #expect(Spread([]) == nil)
    }

    @Test func ratiosPairTheRoundsThatBothHave() throws {
        let ratio = try #require(Spread.ratio([1: 2, 2: 30, 3: 8], to: [1: 4, 2: 10, 4: 1]))
        #expect(ratio.least == 0.5)
        #expect(ratio.most == 3)
        #expect(ratio.count == 2)
        #expect(Spread.ratio([1: 2], to: [2: 2]) == nil)
        #expect(Spread.ratio([1: 2], to: [1: 0]) == nil)
    }

    @Test func costsAddUp() {
        let first = Cost(cpu: 1, peak: 10, written: 100)
        let second = Cost(cpu: 2, peak: 30, written: 5)
        #expect(first.beside(second) == Cost(cpu: 3, peak: 40, written: 105))
        #expect(first.then(second) == Cost(cpu: 3, peak: 30, written: 105))
        #expect(first.then(Cost(cpu: 0, peak: 0, written: nil)).written == nil)
    }

    @Test(arguments: [
        (0.0, 0, "0"), (0.05, 2, "0.05"), (1.005, 1, "1.0"), (12.345, 2, "12.35"), (-0.5, 1, "-0.5"),
        (1_234.5, 0, "1235"),
    ]) func fixedDigits(value: Double, digits: Int, text: String) {
        #expect(Figures.text(value, digits: digits) == text)
    }

    @Test(arguments: [
        (0.0021, "2.10 ms"), (0.0999, "0.100 s"), (0.5, "0.500 s"), (1.0, "1.00 s"), (9.999, "10.0 s"),
        (123.4, "123 s"),
    ]) func readableSeconds(value: Double, text: String) {
        #expect(Figures.seconds(value) == text)
    }
}
