private import Synchronization

/// Where each registry is spoken to; where both TLS and plain HTTP may be, that is found out once.
final class RegistryOrigins: Sendable {
    private let found = Mutex<[String: Origin]>([:])
    private let options: RegistryOptions
    private let http: HTTPClient

    init(_ options: RegistryOptions, _ http: HTTPClient) {
        self.options = options
        self.http = http
    }

    /// The origin of a registry as references name it.
    ///
    /// - Throws: ``Fault`` or `Cancellation.Cancelled`.
    func origin(of registry: String) throws -> Origin {
        if let origin = found.withLock({ $0[registry] }) { return origin }
        let authority = registry == "docker.io" ? "registry-1.docker.io" : registry
        guard let secure = Origin(authority: authority, isSecure: true),
            let plain = Origin(authority: authority, isSecure: false)
        else { throw Fault(.invalidRequest, "\"\(PlainText.clean(registry))\" is not a host") }
        let origin =
            switch transport(secure) {
            case .tls: secure
            case .plain: plain
            case .either: try speaksTLS(secure, hasPort: plain.port == secure.port) ? secure : plain
            }
        found.withLock { $0[registry] = origin }
        return origin
    }

    private enum Transport {
        case tls, plain, either
    }

    private func transport(_ origin: Origin) -> Transport {
        let mayBePlain = options.rules.isInsecure(origin) || !options.trust.verifies
        switch options.plainHTTP {
        case .always: return .plain
        case .never: return .tls
        case .loopback where origin.isLoopback:
            return mayBePlain || options.trust.expectsTLS(of: origin) ? .either : .plain
        case .loopback: return mayBePlain ? .either : .tls
        }
    }

    private func speaksTLS(_ origin: Origin, hasPort: Bool) throws -> Bool {
        do {
            return try http.speaksTLS(Destination(origin: origin, home: origin))
        } catch let fault as Fault where !hasPort && [.network, .timedOut].contains(fault.code) {
            // Nobody at the port of TLS; the port of plain HTTP is another.
            return false
        }
    }
}
