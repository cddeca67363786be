import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// Debian's nginx with TLS, client certificates and passwords before a registry that knows none of it.
@Suite struct NginxTests {
    /// nginx on a free port of loopback.
    private final class Nginx {
        let port: UInt16
        private let process: TiedProcess

        init(before registry: DockerRegistry, _ access: AccessLab, _ certificates: TestCertificates) throws {
            let pair = try certificates.issue("DNS:localhost")
            let directory = "\(access.lab.path)/nginx"
            try FileSystem.makeDirectories(directory)
            // Whoever holds the port before nginx does tells which one is free.
            port = try LoopbackListener().port
            let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            try access.lab.write(
                """
                daemon off; master_process off; pid \(directory)/pid; error_log \(directory)/log;
                events {}
                http {
                    access_log off; client_max_body_size 0;
                    \(places.map { "\($0)_temp_path \(directory)/\($0);" }.joined(separator: " "))
                    server {
                        listen 127.0.0.1:\(port) ssl;
                        ssl_certificate \(pair.certificate); ssl_certificate_key \(pair.key);
                        ssl_client_certificate \(certificates.authority); ssl_verify_client on;
                        auth_basic "front"; auth_basic_user_file \(directory)/users;
                        location / {
                            proxy_pass http://127.0.0.1:\(registry.port); proxy_http_version 1.1;
                            proxy_request_buffering off; proxy_set_header Authorization "";
                            proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto https;
                        }
                    }
                }
                """, "nginx/nginx.conf")
            // SHA-1, which crypt(3) of every system knows: "hunter2".
            try access.lab.write("me:{SHA}87u9ZqY9S/F0eUBXjsPQEDUw4h0=\n", "nginx/users")
            process = try TiedProcess(
                ["nginx", "-p", directory, "-c", "\(directory)/nginx.conf"], log: "\(directory)/out")
            let start = ContinuousClock.now
            while ContinuousClock.now - start < .seconds(30) {
                let socket = try? Socket.connect(
                    to: "127.0.0.1", port: port, timeout: .seconds(1), cancellation: Cancellation())
                if socket != nil { return }
                try Pause.wait(.milliseconds(10), Cancellation())
            }
        }

        deinit { process.end() }
    }

    @Test func everyDoorInARow() throws {
        let access = try AccessLab()
        let lab = access.lab
        let certificates = try TestCertificates()
        let registry = try DockerRegistry()
        let nginx = try Nginx(before: registry, access, certificates)
        let host = "localhost:\(nginx.port)"
        let name = "\(host)/team/app:1"
        let client = try certificates.issue("DNS:client")

        // Who speaks plain HTTP on loopback is told what to do, before any certificate is named.
        let plain = try access.chalk("pull", name)
        #expect(plain.status == 1 && plain.errors.contains("the registry answered 400"), "\(plain.errors)")
        let unknown = try access.chalk("pull", name, "--plain-http=false")
        #expect(
            unknown.errors.contains("its certificate is not signed by a trusted authority"),
            "\(unknown.errors)")

        let place = "home/.docker/certs.d/\(host)"
        try lab.write(try String(contentsOfFile: certificates.authority, encoding: .utf8), "\(place)/ca.crt")
        let bare = try access.chalk("pull", name)
        #expect(bare.status == 1 && bare.errors.contains("the registry answered 400"), "\(bare.errors)")
        try lab.write(try String(contentsOfFile: client.certificate, encoding: .utf8), "\(place)/client.cert")
        try lab.write(try String(contentsOfFile: client.key, encoding: .utf8), "\(place)/client.key")
        #expect(try access.chalk("pull", name).status == 4)
        #expect(try access.logIn(host, password: "hunter2").status == 0)

        let digest = try access.check("push", "busybox", name).line
        #expect(try access.check("pull", name, "--store", "empty").line == digest)
        // The same files lie where skopeo looks for them.
        let inspected = try lab.tool(
            "skopeo", "inspect", "--authfile", "home/.docker/config.json", "--cert-dir", place, "--format",
            "{{.Digest}}",
            "docker://\(name)")
        #expect(inspected.line == digest)
        let explained = try access.check("auth", "explain", name).output
        #expect(explained.contains("  address       https://\(host) (TLS, certificate checked)\n"))
        #expect(explained.contains("  authorities   \(lab.path)/\(place)/ca.crt\n"))
        #expect(
            explained.contains("  certificate   \(lab.path)/\(place)/client.cert is shown if asked for\n"))

        // Without checks there is a warning each time; who has a directory elsewhere names it.
        access.variables["HOME"] = "\(lab.path)/other"
        access.variables["DOCKER_CONFIG"] = "\(lab.path)/home/.docker"
        let unchecked = try access.check(
            "pull", name, "--cert-dir", place, "--tls-verify=false", "--store", "empty2")
        #expect(
            unchecked.errors.hasPrefix(
                "warning: certificates of registries are not checked (--tls-verify=false): "
                    + "whoever is between can read passwords and change images\n"))
        #expect(unchecked.line == digest)
    }
}
