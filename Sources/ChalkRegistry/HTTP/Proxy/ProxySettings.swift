/// Which requests go through which proxy, as Go's programs read it from the environment.
///
/// Loopback hosts are never asked for through a proxy.
public struct ProxySettings: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The proxy for `http` URLs: `http://[USER:PASSWORD@]HOST[:PORT]`, also `https`, also without a scheme.
    /// Empty for none.
    public var http: String
    /// The same for `https` URLs, which it is asked to CONNECT to.
    public var https: String
    /// Who is asked without a proxy, separated by commas: hosts (and all below them), `.suffix`, `*.suffix`,
    /// addresses, networks such as `10.0.0.0/8`, each but networks perhaps with a port; `*` for everybody.
    public var exceptions: String

    /// No proxies.
    public init(http: String = "", https: String = "", exceptions: String = "") {
        self.http = http
        self.https = https
        self.exceptions = exceptions
    }

    /// What `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say, or the same in lower case where those are empty.
    public init(environment: [String: String]) {
        func value(_ name: String) -> String {
            [name, name.lowercased()].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        }
        self.init(http: value("HTTP_PROXY"), https: value("HTTPS_PROXY"), exceptions: value("NO_PROXY"))
    }

    /// The variables that ``init(environment:)`` looks at.
    public static let variables = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].flatMap { [$0, $0.lowercased()] }

    /// Says nothing of them, for URLs of proxies hold passwords.
    public var description: String { "proxy settings" }

    /// The same.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// How an origin is reached.
enum ProxyRoute: Hashable, Sendable {
    /// Without a proxy; why, where there would be one: "NO_PROXY says .local".
    case direct(because: String?)
    /// Through a proxy.
    case through(Proxy)

    var proxy: Proxy? {
        if case .through(let proxy) = self { return proxy }
        return nil
    }
}

/// One proxy.
struct Proxy: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    let origin: Origin
    /// The value of Proxy-Authorization.
    let authorization: String?

    /// Without its credentials.
    var description: String { origin.description }

    var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension ProxySettings {
    /// How an origin is reached.
    func route(to origin: Origin) throws(Fault) -> ProxyRoute {
        let text = origin.isSecure ? https : http
        if text.isEmpty { return .direct(because: nil) }
        if origin.isLoopback { return .direct(because: "it is this machine") }
        if let entry = ProxyExceptions(exceptions).entry(for: origin) {
            return .direct(because: "NO_PROXY says \(PlainText.clean(entry))")
        }
        return .through(try proxy(text, isSecure: origin.isSecure))
    }

    private func proxy(_ text: String, isSecure: Bool) throws(Fault) -> Proxy {
        let name = isSecure ? "HTTPS_PROXY" : "HTTP_PROXY"
        let whole = text.contains("://") ? text : "http://" + text
        guard let address = WebAddress(whole), let url = HTTPURL(address.url) else {
            // Not the text, which may hold a password.
            let scheme = text.contains("://") ? PlainText.clean(String(text.prefix { $0 != ":" })) : ""
            let known = ["", "http", "https"].contains(scheme.lowercased())
            throw Fault(
                .invalidRequest,
                known
                    ? "\(name) is not the URL of a proxy"
                    : "\(name) names a proxy of a kind that is not known",
                remedy: "write http://HOST:PORT")
        }
        return Proxy(origin: url.origin, authorization: address.authorization)
    }
}
