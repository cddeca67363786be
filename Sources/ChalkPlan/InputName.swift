/// The names of inputs that more than one place speaks of.
package enum InputName {
    /// The chainID of the layers below a step.
    package static let parent = "parent"
    /// The diffID of the layer that a step's files make.
    package static let files = "files"
    /// Everything that can move a layer's bytes without its content changing.
    package static let format = "layer format"
    /// What the names of variables begin with.
    package static let variable = "ENV "
    /// The step's command.
    package static let command = "command"
}
