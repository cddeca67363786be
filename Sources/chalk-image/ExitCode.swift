import ChalkImage

/// What the shell learns: design section 12.
enum ExitCode: Int32 {
    case done = 0
    case failed = 1
    case usage = 2
    case notFound = 3
    case authentication = 4
    case interrupted = 130
    /// As shells say it.
    case programRefused = 126
    case programNotFound = 127

    /// The code for an error.
    init(_ error: any Error) {
        if error is UsageError {
            self = .usage
            return
        }
        self =
            switch ChalkError(wrapping: error).kind {
            case .invalidInput: .usage
            case .notFound: .notFound
            case .authentication: .authentication
            case .interrupted: .interrupted
            case .programRefused: .programRefused
            case .programNotFound: .programNotFound
            case .failed: .failed
            }
    }
}
