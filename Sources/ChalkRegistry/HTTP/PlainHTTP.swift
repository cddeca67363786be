/// Which registries are spoken to without TLS.
public enum PlainHTTP: Hashable, Sendable {
    /// Those on this machine (`localhost`, `127.0.0.0/8`, `::1`), unless certificates were named for them: then TLS is
    /// tried first.
    case loopback
    /// All (`--plain-http`).
    case always
    /// None (`--plain-http=false`).
    case never
}
