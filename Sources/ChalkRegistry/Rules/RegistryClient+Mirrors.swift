package import ChalkOCI
private import Synchronization

extension RegistryClient {
    /// Runs `body` for each place that may have an image until one of them has it: the mirrors, then the
    /// registry. What a mirror fails at is tried elsewhere at once; one that cannot be reached is not asked
    /// again.
    ///
    /// - Parameter usesMirrors: false to ask the registry alone.
    func pulling<T>(
        _ reference: Reference, usesMirrors: Bool = true, _ body: (PullPlace) throws -> T
    ) throws -> T {
        var failures: [String] = []
        for place in options.rules.places(for: reference) {
            let mirror = place.reference.registry
            if place.isMirror, !usesMirrors || mirrors.isDown(mirror) { continue }
            do {
                return try body(place)
            } catch var fault as Fault {
                if place.isMirror {
                    failures.append("\(mirror): \(fault.reason)")
                    if fault.isOfServer { mirrors.noteDown(mirror) }
                    continue
                }
                if !failures.isEmpty {
                    fault.reason += " (and its mirrors before it: \(failures.joined(separator: "; ")))"
                }
                throw fault
            }
        }
        throw Fault(.notFound, "there is no place to ask for it")
    }

    /// Whether mirrors are asked for an image before its registry is.
    package func hasMirrors(for reference: Reference) -> Bool {
        options.rules.places(for: reference).contains(where: \.isMirror)
    }

    /// Runs `body` again after failures that may pass; at a mirror only once.
    func retrying<T>(at place: PullPlace, _ body: () throws -> T) throws -> T {
        try place.isMirror ? body() : retrying(body)
    }
}

/// Which mirrors failed.
final class MirrorBoard: Sendable {
    private let down = Mutex<Set<String>>([])

    func isDown(_ registry: String) -> Bool { down.withLock { $0.contains(registry) } }

    func noteDown(_ registry: String) { _ = down.withLock { $0.insert(registry) } }
}

extension Fault {
    /// Whether it is the server's, and will be the same for what is asked next.
    fileprivate var isOfServer: Bool {
        [.network, .timedOut, .server, .certificate, .rateLimited, .unauthorized].contains(code)
    }
}
