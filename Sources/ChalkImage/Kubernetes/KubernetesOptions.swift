internal import ChalkOCI

/// How a container of an image runs in Kubernetes.
public struct KubernetesOptions: Hashable, Sendable {
    /// A port that the container listens on.
    public struct Port: Hashable, Sendable {
        /// 1 to 65535.
        public let number: Int
        /// `TCP`, `UDP` or `SCTP`.
        public let transport: String

        /// A port from `8080`, `8080/tcp` or `53/udp`.
        ///
        /// - Throws: ``ChalkError`` (`invalidInput`).
        public init(_ text: String) throws(ChalkError) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            let transport = parts.count == 2 ? parts[1].uppercased() : "TCP"
            guard parts.count <= 2, let number = Int(parts[0]), (1...65_535).contains(number),
                ["TCP", "UDP", "SCTP"].contains(transport)
            else {
                throw ChalkError(
                    .invalidInput, "a port is a number from 1 to 65535, as in 8080 or 53/udp, not \"\(text)\""
                )
            }
            self.number = number
            self.transport = transport
        }
    }

    /// What comes from a Secret of the cluster.
    public enum SecretSource: Hashable, Sendable {
        /// A variable for every key.
        case all(secret: String)
        /// One variable from one key.
        case key(variable: String, secret: String, key: String)

        /// `SECRET` for all its keys, `VARIABLE=SECRET/KEY` for one.
        ///
        /// - Throws: ``ChalkError`` (`invalidInput`).
        public init(_ text: String) throws(ChalkError) {
            func wrong() -> ChalkError {
                ChalkError(
                    .invalidInput,
                    "a secret of a cluster is SECRET or VARIABLE=SECRET/KEY, with names as Kubernetes has them, not \"\(text)\""
                )
            }
            guard let equals = text.firstIndex(of: "=") else {
                guard KubernetesName.isSubdomain(text) else { throw wrong() }
                self = .all(secret: text)
                return
            }
            let variable = String(text[..<equals])
            let source = text[text.index(after: equals)...].split(
                separator: "/", omittingEmptySubsequences: false)
            guard source.count == 2, KubernetesName.isVariable(variable),
                KubernetesName.isSubdomain(String(source[0])), KubernetesName.isKey(String(source[1]))
            else { throw wrong() }
            self = .key(variable: variable, secret: String(source[0]), key: String(source[1]))
        }
    }

    /// What the Pod or Deployment and its container are called; nil is the repository's last word.
    public var name: String?
    /// Where; nil leaves it to whoever applies it.
    public var namespace: String?
    /// Makes a Deployment of so many Pods; nil is one Pod.
    public var replicas: Int?
    /// Processors that it asks for and may use, as in `500m` or `2`.
    public var cpu: String?
    /// Memory that it asks for and may use, as in `512Mi` or `2Gi`.
    public var memory: String?
    /// Variables by name.
    public var environment: [String: String] = [:]
    /// Variables from Secrets, in order.
    public var secrets: [SecretSource] = []
    /// Ports; none are those that the image exposes.
    public var ports: [Port] = []
    /// Words instead of the image's CMD.
    public var arguments: [String] = []
    /// Secrets that the cluster pulls with.
    public var pullSecrets: [String] = []

    /// Options that say nothing.
    public init() {}

    /// Sees that Kubernetes would take all of it.
    func check() throws(ChalkError) {
        func fail(_ what: String) -> ChalkError { ChalkError(.invalidInput, what) }
        for (what, text) in [("a name", name), ("a namespace", namespace)] {
            guard let text, !KubernetesName.isLabel(text) else { continue }
            throw fail(
                "\(what) in Kubernetes has 1 to 63 lower-case letters, digits or -, and begins and ends with none of -, not \"\(text)\""
            )
        }
        if let replicas, replicas < 0 || replicas > Int(Int32.max) {
            throw fail("a number of replicas is 0 or more, not \(replicas)")
        }
        if let cpu, !KubernetesName.isQuantity(cpu, suffixes: ["", "m"]) {
            throw fail("an amount of cpu is a number such as 2, 0.5 or 500m, not \"\(cpu)\"")
        }
        let units = ["", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi"]
        if let memory, !KubernetesName.isQuantity(memory, suffixes: units) {
            throw fail("an amount of memory is a number such as 512Mi or 2Gi, not \"\(memory)\"")
        }
        for (name, value) in environment where !KubernetesName.isVariable(name) || value.contains("\0") {
            throw fail("\"\(name)\" cannot be set as a variable in Kubernetes")
        }
        for secret in pullSecrets where !KubernetesName.isSubdomain(secret) {
            throw fail("\"\(secret)\" is not the name of a secret")
        }
    }
}

/// The rules for names in Kubernetes.
enum KubernetesName {
    /// RFC 1123 label: 1 to 63 of `a-z`, `0-9` and `-`, the latter neither first nor last.
    static func isLabel(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && text.utf8.allSatisfy { isWord($0) || $0 == dash }
            && text.utf8.first != dash && text.utf8.last != dash
    }

    /// RFC 1123 subdomain: labels joined by dots, at most 253 bytes.
    static func isSubdomain(_ text: String) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                isLabel(String($0))
            }
    }

    /// The key of a Secret.
    static func isKey(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy {
                isWord($0 | 0x20) || isWord($0) || [dash, UInt8(ascii: "."), UInt8(ascii: "_")].contains($0)
            }
    }

    /// The name of a variable: any printable ASCII but `=`.
    static func isVariable(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "=") }
    }

    /// A number, perhaps with a fraction, and one of some suffixes.
    static func isQuantity(_ text: String, suffixes: [String]) -> Bool {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        return suffixes.contains(String(text[number.endIndex...])) && (1...2).contains(parts.count)
            && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 30
    }

    /// A label made of any text, its other characters replaced; nil where nothing is left.
    static func label(of text: String, limit: Int = 63) -> String? {
        let words = text.lowercased().utf8.map { isWord($0) ? $0 : dash }
        let cut = words.drop { $0 == dash }.prefix(limit)
        let end = cut.lastIndex { $0 != dash }
        return end.map { String(decoding: cut[...$0], as: UTF8.self) }
    }

    private static let dash = UInt8(ascii: "-")

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
