package import ChalkOCI

/// The plan of an image: stages of steps, with every word expanded.
package struct PlanGraph: Hashable, Sendable {
    /// Those of the definition, in its order; then those of images and contexts that only a COPY or a mount names.
    /// Never does one need itself.
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
        /// What its commands run on, and an image of it is for.
        package let platform: Platform

        package init(
            base: Base, name: String?, steps: [Step], runtime: RuntimeConfig, author: String?,
            platform: Platform
        ) {
            self.platform = platform
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
        /// An image.
        case image(PlatformImage)
        /// Another stage.
        case stage(Int)
    }

    /// What people are shown of a stage: its name or number where the target needs several, else nil.
    package func shownName(of index: Int) -> String? {
        neededStages.count > 1 ? stages[index].name ?? "stage \(index)" : nil
    }

    /// The stages that the target needs, each after those that it needs itself.
    package var neededStages: [Int] {
        var order: [Int] = []
        var seen: Set<Int> = []
        var needed: Set<Int> = []
        var open = [target]
        while let index = open.popLast() {
            if needed.insert(index).inserted { open += stages[index].needs }
        }
        func visit(_ index: Int) {
            guard seen.insert(index).inserted else { return }
            for other in stages[index].needs.sorted() { visit(other) }
            order.append(index)
        }
        for index in needed.sorted() { visit(index) }
        return order
    }
}

extension PlanGraph.Stage {
    /// The stages that must be there before this one: its base, and what its steps take from.
    package var needs: Set<Int> {
        var needs: Set<Int> = []
        if case .stage(let parent) = base { needs.insert(parent) }
        for step in steps { needs.formUnion(step.needs) }
        return needs
    }
}

extension Step {
    /// The stages that the step takes something from.
    package var needs: [Int] {
        switch operation {
        case .files(let operation): operation.stages
        case .run(let operation): operation.mounts.compactMap(\.stage)
        case .directories, .config: []
        }
    }
}
