internal import ChalkDockerfile

extension BuildOptions {
    /// `NAME=value` that every RUN sees and nothing keeps: the build arguments that name proxies, in both cases of
    /// letters, and what was asked for by name.
    var stepEnvironment: [String] {
        var proxies: [String: String] = [:]
        // A name in the very case that was given counts for more than one in the other.
        for name in PlatformArguments.proxies.sorted() {
            guard let value = buildArguments[name] else { continue }
            let other = name == name.uppercased() ? name.lowercased() : name.uppercased()
            proxies[name] = value
            proxies[other] = buildArguments[other] ?? value
        }
        return proxies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + runEnvironment
    }
}
