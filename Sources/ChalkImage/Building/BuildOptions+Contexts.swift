internal import ChalkPlan
internal import ChalkSystem

extension BuildOptions {
    /// ``buildContexts`` by the names that they are looked up by.
    var namedContexts: [String: NamedContext] {
        get throws {
            var contexts: [String: NamedContext] = [:]
            for (name, value) in buildContexts.sorted(by: { $0.key < $1.key }) {
                func wrong(_ why: String) -> ChalkError {
                    ChalkError(.invalidInput, "the build context \(name)=\(value) cannot be used: \(why)")
                }
                guard let key = NamedContext.name(name) else {
                    throw wrong("the name must be one that an image could have")
                }
                do throws(NamedContext.Malformed) {
                    contexts[key] = try NamedContext(value)
                } catch {
                    throw wrong(error.reason)
                }
                guard case .tree(.directory(let path))? = contexts[key] else { continue }
                guard try FileSystem.statusIfPresent(path)?.kind == .directory else {
                    throw ChalkError(
                        .notFound, "the build context \(name)=\(value) cannot be used: it is not a directory")
                }
            }
            return contexts
        }
    }

    /// A value for ``buildContexts`` with its path of a directory or layout made absolute.
    package static func buildContext(_ value: String, absolute: (String) -> String) -> String {
        NamedContext.absolute(value, absolute)
    }
}
