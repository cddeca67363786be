import Foundation
import Testing

@testable import bench

struct ReportTests {
    @Test func targetsCompareRoundByRound() throws {
        let results = cannedResults()
        func ratio(_ title: String) throws -> Double {
            let target = try #require(
                Target.all(level: 6).first { $0.tree == "small" && $0.title == title }, "\(title)")
            let ratio = try #require(target.ratio(in: results), "\(title)")
            #expect(ratio.least == ratio.most, "the slow second round falls out of \(title)")
            return ratio.median
        }
        #expect(try ratio("chalk-image gzip: seconds / tar | pigz -6") == 0.8)
        #expect(try ratio("chalk-image gzip: seconds / git status") == 1.4999999999999998)
        #expect(try ratio("chalk-image gzip: seconds / its own “nothing changed”") == 4)
        #expect(try ratio("chalk-image gzip: peak / 64 MB") == 0.5)
    }

    @Test func theReportSaysWhatIsKeptMissedAndMissing() {
        let report = MarkdownReport(results: cannedResults()).text
        for line in [
            "| small | cold | chalk-image gzip: seconds / tar \\| pigz -6 | ≤ 1.15 | 0.800 (0.800 to 0.800) | kept |",
            "| small | cold | chalk-image gzip: seconds / umoci, skopeo | ≤ 1.00 | 1.33 (1.33 to 1.33) | **missed** |",
            "| small | cold | chalk-image gzip: seconds / BuildKit | ≤ 0.25 | not measured |  |",
            "- BuildKit: not on PATH, not measured",
            "| chalk-image gzip | 6.00 s (4.00 s to 8.00 s) | 0.800 (0.800 to 0.800) | 32.0 | 59.0 | 59.0 | 2 |",
        ] {
            #expect(report.contains(line), "\(report)")
        }
    }

    @Test func theChartIsWellFormedAndAlwaysTheSame() throws {
        let svg = Chart(results: cannedResults()).svg
        #expect(Chart(results: cannedResults()).svg == svg)
        let open = svg.matches(of: /<[a-z]+[^>]*[^\/]>|<[a-z]+>/).count
        #expect(open == svg.matches(of: /<\/[a-z]+>/).count)
        #expect(svg.matches(of: /<rect class="ours"/).count == 3)
        #expect(svg.matches(of: /<rect class="theirs"/).count == 3)
        #expect(svg.contains("@media (prefers-color-scheme: dark)"))
        #expect(!svg.contains("http://") || svg.matches(of: /http:/).count == 1, "only the name space")
    }

    @Test func resultsSurviveTheirFile() throws {
        let directory = NSTemporaryDirectory() + "bench-report-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Publication.write(cannedResults(), to: directory)
        #expect(try Publication.read(directory + "/results.json") == cannedResults())
        try Files.write("{}", to: directory + "/other.json")
        #expect(throws: BenchError.self) { try Publication.read(directory + "/other.json") }
    }

    @Test func figuresGoBetweenTheMarks() throws {
        let page =
            "before\n<!-- figures: made by `bench publish` -->\nstale\n<!-- end of figures -->\nafter\n"
        let once = try Publication.replaceFigures(in: page, by: cannedResults())
        #expect(once.hasPrefix("before\n<!-- figures"))
        #expect(once.hasSuffix("<!-- end of figures -->\nafter\n"))
        #expect(!once.contains("stale"))
        #expect(try Publication.replaceFigures(in: once, by: cannedResults()) == once)
        #expect(throws: BenchError.self) {
            try Publication.replaceFigures(in: "no marks", by: cannedResults())
        }
    }

    /// The page, its chart and its results were made by one run.
    @Test func theDocumentationAgreesWithItsResults() throws {
        let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../docs"
        let results = try Publication.read(docs + "/benchmarks/results.json")
        let page = try Files.text(docs + "/benchmarks.md")
        #expect(try Publication.replaceFigures(in: page, by: results) == page)
        #expect(try Files.text(docs + "/benchmarks/chart.svg") == Chart(results: results).svg)
    }
}
