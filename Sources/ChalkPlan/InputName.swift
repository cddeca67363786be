/// The names of inputs that more than one place speaks of.
package enum InputName {
    /// The chainID of the layers below a step.
    package static let parent = "parent"
    /// The digest of the table of files that a step puts into its layer.
    package static let files = "files"
    /// Everything that can move a layer's bytes without its content changing.
    package static let format = "layer format"
    /// The step's command.
    package static let command = "command"
}
