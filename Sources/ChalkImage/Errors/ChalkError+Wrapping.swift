internal import ChalkArchive
internal import ChalkContext
internal import ChalkDockerfile
internal import ChalkExec
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkRegistry
internal import ChalkSpec
internal import ChalkStore
internal import ChalkSystem

extension ChalkError {
    /// Any error of the rooms below in the library's own words; one that is so already stays as it is.
    package init(wrapping error: any Error) {
        if let error = error as? ChalkError {
            self = error
        } else {
            self.init(ChalkError.kind(of: error), "\(error)")
        }
    }

    /// The error with the place before it, such as `Dockerfile:12`.
    func at(_ place: String?) -> ChalkError {
        place.map { ChalkError(kind, "\($0): \(description)") } ?? self
    }

    /// Runs `body` with its errors in the library's own words.
    static func wrap<T>(_ body: () throws -> T) throws(ChalkError) -> T {
        do {
            return try body()
        } catch {
            throw ChalkError(wrapping: error)
        }
    }

    private static func kind(of error: any Error) -> Kind {
        switch error {
        case is Cancellation.Cancelled: return .interrupted
        case let error as SpecError: return error.code == .unreadable ? .notFound : .invalidInput
        case is DockerfileError, is PlanError: return .invalidInput
        case let error as OCIError: return error.code == .invalidReference ? .invalidInput : .failed
        case let error as RegistryError:
            switch error.code {
            case .notFound: return .notFound
            case .unauthorized, .denied: return .authentication
            case .invalidRequest: return .invalidInput
            default: return .failed
            }
        case let error as StoreError:
            switch error.code {
            case .notFound: return .notFound
            case .invalidRequest: return .invalidInput
            default: return .failed
            }
        case let error as ContextError:
            return error.code == .pattern || error.code == .path ? .invalidInput : .failed
        case let error as ExecError:
            switch error.code {
            case .invalidRequest, .unknownUser: return .invalidInput
            case .containerEnded: return .notFound
            case .programMissing: return .programNotFound
            case .programRefused: return .programRefused
            default: return .failed
            }
        case let error as SystemError: return error.isNotFound ? .notFound : .failed
        default: return .failed
        }
    }
}
