/// The version of this library and command.
public enum ChalkVersion {
    /// As in the changelog.
    public static let current = "0.1.0"
}
