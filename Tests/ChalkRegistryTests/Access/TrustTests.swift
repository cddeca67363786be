import ChalkOCI
import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

@testable import ChalkRegistry

/// Which files count for which host, and what they do against a registry that wants a client certificate.
@Suite struct TrustTests {
    let certificates: TestCertificates

    init() throws { certificates = try TestCertificates() }

    /// A directory with files of the given names; a name with a slash makes a directory.
    func directory(_ names: [String]) throws -> String {
        let path = certificates.directory + "/" + RandomName.make()
        for name in names {
            let file = path + "/" + name
            try FileManager.default.createDirectory(
                atPath: PathText.parent(of: file), withIntermediateDirectories: true)
            try "".write(toFile: file, atomically: false, encoding: .utf8)
        }
        return path
    }

    func destination(_ host: String, home: String? = nil) throws -> Destination {
        Destination(
            origin: try #require(Origin(authority: host, isSecure: true)),
            home: try #require(Origin(authority: home ?? host, isSecure: true)))
    }

    @Test func directoriesOfRegistries() throws {
        let first = try directory(["r.test:5000/a.crt"])
        let second = try directory([
            "r.test:5000/b.crt", "r.test/c.crt", "r.test/me.cert", "r.test/me.key", "r.test/note.txt",
            "docker.io/hub.crt", "[::1]:5000/six.crt",
        ])
        var trust = TrustSettings()
        trust.registryDirectories = ["/nonexistent", first, second]
        func authorities(_ host: String, home: String? = nil) throws -> [String] {
            try trust.material(for: destination(host, home: home)).authorities
        }
        // The first directory that has the registry counts.
        #expect(try authorities("r.test:5000") == ["\(first)/r.test:5000/a.crt"])
        #expect(try authorities("r.test") == ["\(second)/r.test/c.crt"])
        #expect(try authorities("registry-1.docker.io") == ["\(second)/docker.io/hub.crt"])
        #expect(try authorities("[::1]:5000") == ["\(second)/[::1]:5000/six.crt"])
        #expect(try authorities("r.test:5001") == [])
        let own = try trust.material(for: destination("r.test"))
        #expect(
            own.client?.certificate == "\(second)/r.test/me.cert"
                && own.client?.key == "\(second)/r.test/me.key")
        // A registry's authorities count wherever it leads to, its client certificate does not go there.
        let away = try trust.material(for: destination("auth.test", home: "r.test"))
        #expect(away.authorities == ["\(second)/r.test/c.crt"] && away.client == nil)
    }

    @Test(arguments: [
        ("me.cert", "me.cert has no me.key beside it"), ("me.key", "me.key has no me.cert beside it"),
    ])
    func halfAPair(name: String, words: String) throws {
        var trust = TrustSettings()
        trust.directory = try directory([name])
        let fault = #expect(throws: Fault.self) { try trust.material(for: destination("r.test")) }
        #expect(fault?.reason == "\(trust.directory ?? "")/\(words)")
        #expect(
            fault?.remedy == "a client certificate is NAME.cert with NAME.key, an authority NAME.crt")
    }

    @Test func variablesAsGoReadsThem() throws {
        let system = TrustMaterial.systemBundles.filter { FileManager.default.fileExists(atPath: $0) }.prefix(
            1)
        func files(_ environment: [String: String]) throws -> [String] {
            try TrustSettings(environment: environment).material(for: destination("r.test")).places
        }
        #expect(try files([:]) == Array(system))
        #expect(try files(["SSL_CERT_FILE": ""]) == Array(system))
        #expect(try files(["SSL_CERT_FILE": "/x.pem"]) == ["/x.pem"] + system)
        #expect(try files(["SSL_CERT_DIR": "/a:/b"]) == system + ["/a", "/b"])
        #expect(try files(["SSL_CERT_FILE": "/x.pem", "SSL_CERT_DIR": "/a"]) == ["/x.pem", "/a"])
    }

    @Test func homesOfDirectories() {
        let trust = TrustSettings(environment: ["HOME": "/home/me"])
        #expect(
            trust.registryDirectories == [
                "/home/me/.config/containers/certs.d", "/home/me/.docker/certs.d", "/etc/containers/certs.d",
                "/etc/docker/certs.d",
            ])
        #expect(TrustSettings(environment: [:]).registryDirectories.allSatisfy { $0.hasPrefix("/etc/") })
    }

    /// One registry that lets in whoever has a certificate, asked in every way.
    @Test func clientCertificates() throws {
        let server = try certificates.issue("DNS:localhost")
        let registry = try DockerRegistry(tls: server, clientAuthority: certificates.authority)
        let mine = try certificates.issue("DNS:client")
        let stranger = try TestCertificates()
        let theirs = try stranger.issue("DNS:client")
        func store(_ pair: DockerRegistry.TLS?) throws -> String {
            let path = try directory(["\(registry.name)/ca.crt"])
            let place = "\(path)/\(registry.name)"
            try FileManager.default.removeItem(atPath: place + "/ca.crt")
            try FileManager.default.copyItem(atPath: certificates.authority, toPath: place + "/ca.crt")
            if let pair {
                try FileManager.default.copyItem(atPath: pair.certificate, toPath: place + "/client.cert")
                try FileManager.default.copyItem(atPath: pair.key, toPath: place + "/client.key")
            }
            return path
        }
        func client(_ change: (inout TrustSettings) throws -> Void) rethrows -> RegistryClient {
            var options = RegistryOptions.testing()
            try change(&options.trust)
            return RegistryClient(options: options)
        }
        let reference = Reference(registry: registry.name, repository: "app", tag: "1", digest: nil)
        let good = try store(mine)
        // On loopback, certificates that are named are the reason to speak TLS.
        #expect(try !client { $0.registryDirectories = [good] }.blobExists(.of([1]), in: reference))
        #expect(try !client { $0.directory = "\(good)/\(registry.name)" }.blobExists(.of([1]), in: reference))
        #expect(
            try !client {
                $0.directory = "\(good)/\(registry.name)"
                $0.verifies = false
            }.blobExists(.of([1]), in: reference))
        let none = #expect(throws: RegistryError.self) {
            try client { $0.registryDirectories = [try store(nil)] }.blobExists(.of([1]), in: reference)
        }
        #expect(none?.code == .certificate)
        // Which alert that is, the server's TLS decides.
        let words = none?.description.split(separator: " (").map(String.init) ?? []
        #expect(
            words.first
                == "cannot look for blob \(Digest.of([1])) in \(reference.name): it wants a client certificate"
        )
        #expect(
            words.last?.hasSuffix(
                "; put NAME.cert and NAME.key into its directory in certs.d, or into that of --cert-dir")
                == true)
        // The server may have gone before anybody reads its alert.
        let wrong = #expect(throws: RegistryError.self) {
            try client { $0.registryDirectories = [try store(theirs)] }.blobExists(.of([1]), in: reference)
        }
        #expect(
            wrong?.description.contains("it does not take the client certificate (") == true
                || wrong?.description.contains("the connection was cut") == true,
            "\(wrong?.description ?? "")")
        let mixed = DockerRegistry.TLS(certificate: mine.certificate, key: theirs.key)
        let broken = #expect(throws: RegistryError.self) {
            try client { $0.registryDirectories = [try store(mixed)] }.blobExists(.of([1]), in: reference)
        }
        #expect(broken?.description.contains("or is not the one of ") == true, "\(broken?.description ?? "")")
    }

    /// Directories of authorities, whatever their files are called; hashes are what `c_rehash` makes.
    @Test func directoriesOfAuthorities() throws {
        let registry = try DockerRegistry(tls: try certificates.issue("DNS:localhost"))
        let reference = Reference(registry: registry.name, repository: "app", tag: "1", digest: nil)
        func ask(_ place: String) throws -> Bool {
            var options = RegistryOptions.testing()
            options.plainHTTP = .never
            options.trust = TrustSettings(environment: [
                "SSL_CERT_FILE": "/nonexistent", "SSL_CERT_DIR": place,
            ])
            return try RegistryClient(options: options).blobExists(.of([1]), in: reference)
        }
        let named = try directory(["noise.txt"])
        try FileManager.default.copyItem(atPath: certificates.authority, toPath: "\(named)/ours")
        #expect(try !ask(named))
        let words = ["openssl", "x509", "-noout", "-hash", "-in", certificates.authority]
        let hash = try BuiltCommand.check(words).line
        for isLink in [true, false] {
            let hashed = try directory(["noise.txt"])
            let file = isLink ? "ours.pem" : "\(hash).0"
            try FileManager.default.copyItem(atPath: certificates.authority, toPath: "\(hashed)/\(file)")
            if isLink {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(hashed)/\(hash).0", withDestinationPath: "ours.pem")
            }
            #expect(try !ask(hashed))
        }
        let error = #expect(throws: RegistryError.self) { try ask("/nonexistent") }
        #expect(error?.code == .certificate)
    }

    /// Without a check any certificate will do, and none will do too where the other side speaks no TLS.
    @Test func withoutVerification() throws {
        let bytes = noise(100)
        func push(_ repository: String, to name: String, _ options: RegistryOptions) throws -> PushOutcome {
            let reference = Reference(registry: name, repository: repository, tag: "1", digest: nil)
            return try RegistryClient(options: options).push(
                blob: descriptor(bytes), content: { MemorySource(bytes) }, to: reference)
        }
        let secure = try DockerRegistry(tls: try certificates.issue("DNS:other.test"))
        let plain = try DockerRegistry()
        var unchecked = RegistryOptions.testing()
        unchecked.trust.verifies = false
        for name in [secure.name, plain.name] {
            var ruled = RegistryOptions.testing()
            ruled.rules = RegistryRules([.init(prefix: name, isInsecure: true)])
            #expect(try push("a", to: name, unchecked) == .uploaded)
            #expect(try push("b", to: name, ruled) == .uploaded)
        }
        // What is said of one registry holds for no other.
        var other = RegistryOptions.testing()
        other.plainHTTP = .never
        other.rules = RegistryRules([.init(prefix: "localhost:1", isInsecure: true)])
        #expect(throws: RegistryError.self) { try push("c", to: secure.name, other) }
    }
}
