import ChalkImage

/// The table of `warm`.
enum WarmText {
    static func table(_ report: WarmReport, isCheck: Bool) -> String {
        let head = ["spec", "steps", "hits", "built", "pushed", "seconds", "result"]
        let rows = report.specs.map { row(of: $0, isCheck: isCheck) }
        var text = TextTable.text([isCheck ? checkHead : head] + rows)
        guard isCheck else { return text }
        for spec in report.specs where spec.failure == nil && !spec.misses.isEmpty {
            text += "\n\(StepWords.printable(spec.name))\n"
            for miss in spec.misses {
                text += "  \(StepWords.printable(miss.title))\n    ^ \(StepWords.printable(miss.reason))\n"
            }
        }
        return text
    }

    private static let checkHead = ["spec", "steps", "hits", "misses", "lacking", "seconds", "result"]

    private static func row(of spec: WarmedSpec, isCheck: Bool) -> [String] {
        let result =
            switch (spec.failure != nil, isCheck) {
            case (true, _): "failed"
            case (false, true): spec.isWarm ? "warm" : "cold"
            case (false, false): spec.isWarm ? "warm" : "warmed"
            }
        return [
            StepWords.printable(spec.name), "\(spec.steps)", "\(spec.hits)", "\(spec.misses.count)",
            isCheck ? "\(spec.sent)" : HumanSize.bytes(spec.bytes), HumanSize.seconds(spec.seconds), result,
        ]
    }
}
