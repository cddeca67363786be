internal import ChalkOCI
internal import ChalkPlan

/// What a stage has become so far.
struct BuiltStage {
    var layers: [BuiltLayer]
    var history: [ImageConfig.History]
    /// Whether nothing lies below but what spec steps put there.
    var isEmptyBelow: Bool

    /// The stack's name; nil for no layers.
    var chainID: ChainID? { ChainID(of: layers.map(\.diffID)) }

    /// A stage before its first step.
    init(
        on base: PlanGraph.Base, bases: [PlatformImage: BaseResolver.Base], earlier: (Int) -> BuiltStage?
    ) {
        self.init(layers: [], history: [], isEmptyBelow: true)
        switch base {
        case .scratch: break
        case .stage(let parent):
            if let stage = earlier(parent) { self = stage }
        case .image(let image):
            layers = bases[image]?.layers ?? []
            history = bases[image]?.config.history ?? []
            isEmptyBelow = false
        }
    }

    private init(layers: [BuiltLayer], history: [ImageConfig.History], isEmptyBelow: Bool) {
        self.layers = layers
        self.history = history
        self.isEmptyBelow = isEmptyBelow
    }
}
