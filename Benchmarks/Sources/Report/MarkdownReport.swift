/// The results as Markdown.
struct MarkdownReport {
    let results: Results

    /// Everything, from the machine to what is missing.
    var text: String {
        (["## Machine and peers", machine, "## What is promised", targets] + results.trees.flatMap(tree))
            .joined(separator: "\n\n") + "\n"
    }

    private var machine: String {
        let machine = results.machine
        var lines = [
            "\(machine.cores) cores of \(machine.processor), \(machine.memory) GB, \(machine.system), Linux "
                + "\(machine.kernel), \(machine.fileSystem). Rounds: \(results.rounds); scale: "
                + "\(Figures.short(results.scale)); gzip level of chalk-image: \(results.level). No process can "
                + "show a peak below \(Figures.megabytes(Double(results.floor))) MB, where it begins as a child of the bench.",
            "",
        ]
        lines += results.versions.map { "- \($0.peer): \($0.text)" }
        lines += results.missing.map { "- \($0): not on PATH, not measured" }
        lines += results.failures.map {
            "- \($0.peer): failed at “\($0.operation.title)” of \($0.tree): \($0.reason.replacing("\n", with: " "))"
        }
        return lines.joined(separator: "\n")
    }

    private var targets: String {
        var lines = ["| tree | operation | compared | bound | measured | |", "|---|---|---|---|---|---|"]
        for target in Target.all(level: results.level) {
            guard results.trees.contains(where: { $0.name == target.tree }) else { continue }
            let bound = target.bound.map { "≤ \(Figures.text($0, digits: 2))" } ?? ""
            var measured = "not measured"
            var verdict = ""
            if let ratio = target.ratio(in: results) {
                measured = Figures.spread(ratio, Figures.short)
                if let most = target.bound { verdict = ratio.median <= most ? "kept" : "**missed**" }
            }
            lines.append(
                "| \(target.tree) | \(target.operation.title) | \(escaped(target.title)) | \(bound) | \(measured) "
                    + "| \(verdict) |")
        }
        return lines.joined(separator: "\n")
    }

    private func tree(_ tree: Results.TreeSize) -> [String] {
        let size = "\(tree.files) files, \(Figures.megabytes(Double(tree.bytes))) MB"
        return ["## \(tree.name): \(tree.title)", "Here: \(size)."]
            + results.operations(tree.name).flatMap {
                ["### \(tree.name), \($0.title)", $0.meaning, table(tree.name, $0)]
            }
    }

    private func table(_ tree: String, _ operation: Operation) -> String {
        let peers = results.peers(tree, operation)
        let reference = operation.references(level: results.level).first { peers.contains($0) }
        var lines = [
            "| peer | seconds | \(escaped(reference.map { "ratio to \($0)" } ?? "ratio")) | peak MB | written MB "
                + "| blob MB | rounds |", "|---|---|---|---|---|---|---|",
        ]
        for peer in peers {
            func median(_ metric: Metric) -> String {
                results.spread(metric, tree, operation, peer).map { Figures.megabytes($0.median) } ?? "–"
            }
            let seconds = results.values(.seconds, tree, operation, peer)
            guard let wall = Spread(Array(seconds.values)) else { continue }
            let ratio = reference.flatMap {
                Spread.ratio(seconds, to: results.values(.seconds, tree, operation, $0))
            }
            let cells = [
                escaped(peer), Figures.spread(wall, Figures.seconds),
                ratio.map { Figures.spread($0, Figures.short) } ?? "–", median(.peak), median(.written),
                median(.blob), "\(wall.count)",
            ]
            lines.append("| \(cells.joined(separator: " | ")) |")
        }
        return lines.joined(separator: "\n")
    }

    private func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
