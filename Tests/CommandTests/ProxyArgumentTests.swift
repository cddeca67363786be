import ChalkTestSupport
import Foundation
import Testing

/// Proxies are build arguments that RUN steps see without a declaration, and that nothing keeps.
struct ProxyArgumentTests {
    @Test func seenByStepsOnly() throws {
        let lab = try CommandLab(withBase: true)
        try lab.write(
            """
            FROM busybox
            RUN echo "${HTTP_PROXY#http://}" "$http_proxy" | sed 's/[^ ]*@//g' > /seen
            RUN test -z "$FTP_PROXY"

            """, "Dockerfile")
        let secret = "marker-0123456789-abcdefghi"
        func build(_ password: String) throws -> String {
            try lab.build(
                "-f", "Dockerfile", ".", "-t", "app", "--metadata-file", "meta.json", "--build-arg",
                "http_proxy=http://me:\(password)@proxy:3128")
        }
        let first = try build(secret)
        #expect(try lab.tool("sh", "-c", "grep -rlF \(secret) store || true").output == "")
        try lab.check("export", "app", "-o", "type=dir,dest=\(lab.path)/root")
        #expect(try lab.text("root/seen") == "proxy:3128 proxy:3128\n")
        #expect(try build("other") == first)
        #expect(try lab.metadata("meta.json")["chalk.steps.executed"] as? Int == 0)
    }

    @Test func declaredOnesAreLikeOthers() throws {
        let lab = try CommandLab(withBase: true)
        try lab.write("FROM busybox\nARG HTTP_PROXY\nRUN echo $HTTP_PROXY > /seen\n", "Dockerfile")
        let first = try lab.build("-f", "Dockerfile", ".", "--build-arg", "HTTP_PROXY=http://a")
        #expect(try lab.build("-f", "Dockerfile", ".", "--build-arg", "HTTP_PROXY=http://b") != first)
    }
}
