/// Where the upload of one blob to one repository can be gone on with, kept for processes that come after.
///
/// Best effort: what cannot be kept costs a new upload, nothing else.
package protocol UploadMemory {
    /// The URL of a session that may still be open; nil when none is known.
    func location() -> String?
    /// Keeps a session's URL instead of an earlier one. It may hold a secret of its own.
    func keep(_ location: String)
    /// The session is over.
    func forget()
}
