/// The results as an SVG: a panel for each operation on each tree, a bar for each peer.
///
/// The same results give the same bytes. Colours follow the reader's light or dark mode; fonts are the reader's.
struct Chart {
    let results: Results

    private static let width = 900
    private static let column = 440
    private static let nameWidth = 150
    private static let barWidth = 200
    private static let line = 18
    private static let head = 44

    private struct Panel {
        let tree: String
        let operation: Operation
        let bars: [(peer: String, spread: Spread)]

        var height: Int { head + bars.count * line + 14 }
    }

    /// The whole document.
    var svg: String {
        var body: [String] = []
        var top = 34
        for tree in results.trees {
            body.append("<text class=\"tree\" x=\"20\" y=\"\(top)\">\(Chart.escaped(tree.title))</text>")
            top += 12
            let panels = results.operations(tree.name).map { panel(tree.name, $0) }
            for start in stride(from: 0, to: panels.count, by: 2) {
                let row = panels[start..<min(start + 2, panels.count)]
                for (place, panel) in row.enumerated() {
                    body += draw(panel, left: 20 + place * Chart.column, top: top)
                }
                top += row.map(\.height).max() ?? 0
            }
            top += 34
        }
        return ([head(height: top), Chart.style] + body + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    private func panel(_ tree: String, _ operation: Operation) -> Panel {
        let bars = results.peers(tree, operation).compactMap { peer in
            results.spread(.seconds, tree, operation, peer).map { (peer, $0) }
        }
        return Panel(tree: tree, operation: operation, bars: bars.sorted { $0.1.median < $1.1.median })
    }

    private func draw(_ panel: Panel, left: Int, top: Int) -> [String] {
        var parts = [
            "<text class=\"operation\" x=\"\(left)\" y=\"\(top + 26)\">\(panel.operation.title)</text>"
        ]
        let longest = panel.bars.map(\.spread.median).max() ?? 1
        let start = left + Chart.nameWidth
        for (row, bar) in panel.bars.enumerated() {
            let y = top + Chart.head + row * Chart.line
            let ours = bar.peer.hasPrefix("chalk-image")
            let length = max(1, Double(Chart.barWidth) * bar.spread.median / longest)
            let width = Figures.text(length, digits: 1)
            let label = Figures.text(Double(start) + length + 6, digits: 1)
            parts += [
                "<text class=\"peer\" x=\"\(start - 8)\" y=\"\(y + 4)\">\(Chart.escaped(bar.peer))</text>",
                "<rect class=\"\(ours ? "ours" : "theirs")\" x=\"\(start)\" y=\"\(y - 6)\" width=\"\(width)\" "
                    + "height=\"12\" rx=\"2\"><title>\(Chart.escaped(bar.peer)): "
                    + "\(Figures.spread(bar.spread, Figures.seconds))</title></rect>",
                "<text class=\"value\" x=\"\(label)\" y=\"\(y + 4)\">\(Figures.seconds(bar.spread.median))</text>",
            ]
        }
        return parts
    }

    private func head(height: Int) -> String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Chart.width) \(height)\" width=\"\(Chart.width)\" "
            + "height=\"\(height)\" role=\"img\" aria-label=\"Seconds for each operation and program\">"
    }

    private static let style = """
        <style>
        text { font: 12px system-ui, sans-serif; fill: #57606a }
        .tree { font-size: 16px; font-weight: 600; fill: #1f2328 }
        .operation { font-size: 13px; font-weight: 600; fill: #1f2328 }
        .peer { text-anchor: end }
        .ours { fill: #1a7f5a }
        .theirs { fill: #afb8c1 }
        @media (prefers-color-scheme: dark) {
        text { fill: #9198a1 }
        .tree, .operation { fill: #f0f6fc }
        .ours { fill: #3fb984 }
        .theirs { fill: #4c545e }
        }
        </style>
        """

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
