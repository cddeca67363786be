package import ChalkOCI

/// The plan of an image: stages of steps, with every word expanded.
package struct PlanGraph: Hashable, Sendable {
    /// Earlier stages first; a stage refers only to earlier ones.
    package let stages: [Stage]
    /// The stage that becomes the image.
    package let target: Int
    /// What people should know, one sentence each.
    package let warnings: [String]

    package init(stages: [Stage], target: Int, warnings: [String]) {
        self.stages = stages
        self.target = target
        self.warnings = warnings
    }

    /// A stack of steps on one base.
    package struct Stage: Hashable, Sendable {
        /// What lies below the first step.
        package let base: Base
        /// The name after AS, or nil.
        package let name: String?
        /// In order.
        package let steps: [Step]
        /// The config after the last step.
        package let runtime: RuntimeConfig
        /// The author, from MAINTAINER.
        package let author: String?

        package init(base: Base, name: String?, steps: [Step], runtime: RuntimeConfig, author: String?) {
            self.base = base
            self.name = name
            self.steps = steps
            self.runtime = runtime
            self.author = author
        }
    }

    /// What lies below a stage's first step.
    package enum Base: Hashable, Sendable {
        /// Nothing.
        case scratch
        /// An image of the store or a registry.
        case image(Reference)
        /// An earlier stage.
        case stage(Int)
    }

    /// What people are shown of a stage: its name or number where the target needs several, else nil.
    package func shownName(of index: Int) -> String? {
        neededStages.count > 1 ? stages[index].name ?? "stage \(index)" : nil
    }

    /// The stages that the target needs, earlier first.
    package var neededStages: [Int] {
        var needed: Set<Int> = []
        var open = [target]
        while let index = open.popLast() {
            guard needed.insert(index).inserted else { continue }
            let stage = stages[index]
            if case .stage(let parent) = stage.base { open.append(parent) }
            for step in stage.steps { open += step.stages }
        }
        return needed.sorted()
    }
}

extension Step {
    /// The stages that must be finished before the step.
    package var stages: [Int] {
        switch operation {
        case .run(let run): return run.mounts.compactMap(\.stage)
        case .files(let files):
            return files.items.compactMap { item in
                if case .stage(let source, _, _) = item.source { return source }
                return nil
            }
        case .directories, .config: return []
        }
    }
}
