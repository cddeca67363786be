import ChalkImage
import ChalkOCI

/// Reads `--cache-from` and `--cache-to`: `REF[,mode=min|max]`, or as `docker buildx build` has it,
/// `type=registry,ref=REF,mode=max`.
enum CacheArgument {
    static let exportFlag = CommandSyntax.Flag(
        "cache-to", value: "REF[,mode=min|max]", repeats: true,
        help: "send what the steps made to a cache in a registry; max is every stage's steps")

    /// A cache that is asked.
    static func source(_ text: String, _ wrong: (String) -> UsageError) throws -> RemoteCache {
        let fields = try Fields(text, flag: "--cache-from", wrong)
        if let name = fields.values.keys.sorted().first {
            throw wrong("--cache-from has type and ref, not \"\(name)\"")
        }
        return fields.cache
    }

    /// A cache that gets results.
    ///
    /// - Parameter mode: where the text names none.
    static func export(
        _ text: String, mode: CacheExport.Mode, _ wrong: (String) -> UsageError
    ) throws -> CacheExport {
        let fields = try Fields(text, flag: "--cache-to", wrong)
        var export = CacheExport(fields.cache, mode: mode)
        for (name, value) in fields.values.sorted(by: { $0.key < $1.key }) {
            switch (name, value) {
            case ("mode", _):
                guard let mode = CacheExport.Mode(rawValue: value) else {
                    throw wrong("the mode of --cache-to is min or max, not \"\(value)\"")
                }
                export.mode = mode
            case ("ignore-error", "true"), ("ignore-error", "false"): export.ignoresErrors = value == "true"
            // So it is here in any case.
            case ("image-manifest", "true"), ("oci-mediatypes", "true"): break
            case ("image-manifest", _), ("oci-mediatypes", _):
                throw wrong("\(name)=\(value) is not offered: entries of a cache are OCI images")
            default:
                throw wrong("--cache-to has type, ref, mode and ignore-error, not \"\(name)\"")
            }
        }
        return export
    }

    /// The parts of a text.
    private struct Fields {
        let cache: RemoteCache
        /// All but type and ref.
        private(set) var values: [String: String] = [:]

        init(_ text: String, flag: String, _ wrong: (String) -> UsageError) throws {
            var reference: String?
            for (index, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
                guard let equals = part.firstIndex(of: "=") else {
                    if index > 0 || part.isEmpty { throw wrong("\(flag) has NAME=VALUE, not \"\(part)\"") }
                    reference = String(part)
                    continue
                }
                let name = String(part[..<equals])
                let value = String(part[part.index(after: equals)...])
                if name == "ref" {
                    reference = value
                } else if name != "type" {
                    values[name] = value
                } else if value != "registry" {
                    throw wrong("a cache of type=\(value) is not offered: \(flag) type=registry,ref=REF")
                }
            }
            guard let reference else {
                throw wrong("\(flag) needs a reference: REF, or type=registry,ref=REF")
            }
            cache = try RemoteCache(try Reference(reference))
        }
    }
}
