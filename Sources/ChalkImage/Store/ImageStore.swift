internal import ChalkOCI
internal import ChalkStore
internal import ChalkSystem

/// A directory of images: an OCI image layout that other tools can read in place, with build records beside it.
///
/// Several processes may work in one store at once.
public final class ImageStore: Sendable {
    let content: ContentStore

    private init(_ content: ContentStore) {
        self.content = content
    }

    /// Opens the store in a directory, making one where nothing or an empty directory is.
    public static func open(_ path: String) throws -> ImageStore {
        try ChalkError.wrap { ImageStore(try ContentStore.open(at: path, create: true)) }
    }

    /// The directory of the store, absolute.
    public var path: String { content.path }

    /// Where a store is when nobody says: `CHALK_IMAGE_STORE`, else below `XDG_DATA_HOME`, else below `HOME`.
    public static func defaultPath(environment: [String: String]) -> String {
        if let path = environment["CHALK_IMAGE_STORE"], !path.isEmpty { return path }
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return "\(data)/chalk-image" }
        return "\(environment["HOME"] ?? "/root")/.local/share/chalk-image"
    }
}
