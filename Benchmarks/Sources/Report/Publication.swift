import FoundationEssentials

/// Results on disk, and in the documentation.
enum Publication {
    private static let begin = "<!-- figures: made by `bench publish` -->\n"
    private static let end = "<!-- end of figures -->"

    /// The JSON of results: sorted keys, so that two runs can be compared line by line.
    static func json(_ results: Results) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(results)) + [0x0A]
    }

    /// Reads what `json` made.
    static func read(_ path: String) throws -> Results {
        do {
            return try JSONDecoder().decode(Results.self, from: Data(try Files.bytes(path)))
        } catch let error as DecodingError {
            throw BenchError("\(path) does not hold results of this bench: \(error)")
        }
    }

    /// Writes results, report and chart into a directory.
    static func write(_ results: Results, to directory: String) throws {
        try Files.makeDirectory(directory)
        try Files.write(try json(results), to: "\(directory)/results.json")
        try Files.write(MarkdownReport(results: results).text, to: "\(directory)/report.md")
        try Files.write(Chart(results: results).svg, to: "\(directory)/chart.svg")
    }

    /// Puts the figures into the documentation: `benchmarks.md`, the chart that it shows, and the results.
    static func publish(_ results: Results, to docs: String) throws {
        let page = "\(docs)/benchmarks.md"
        try Files.write(try replaceFigures(in: try Files.text(page), by: results), to: page)
        try Files.makeDirectory("\(docs)/benchmarks")
        try Files.write(try json(results), to: "\(docs)/benchmarks/results.json")
        try Files.write(Chart(results: results).svg, to: "\(docs)/benchmarks/chart.svg")
    }

    /// The page with other figures between its two marks.
    static func replaceFigures(in page: String, by results: Results) throws -> String {
        guard let first = page.firstRange(of: begin), let last = page.firstRange(of: end),
            first.upperBound <= last.lowerBound
        else { throw BenchError("benchmarks.md has lost the marks that the figures go between") }
        let figures = "\n\(MarkdownReport(results: results).text)\n"
        return String(page[..<first.upperBound]) + figures + String(page[last.lowerBound...])
    }
}
