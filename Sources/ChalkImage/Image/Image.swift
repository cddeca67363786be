package import ChalkSpec

/// The definition of a container image, as a value.
///
/// Start with ``base(_:)``, ``debianSlim(_:)``, ``fromDockerfile(_:)`` or ``scratch`` and chain calls; each answers a
/// new image and leaves the receiver as it was, so definitions can be shared and extended:
///
/// ```swift
/// let image = try Image.debianSlim("3.11")
///     .pipInstall(["requests", "pandas"])
///     .addLocalFile("./analyze.py", to: "/app/analyze.py")
///     .workdir("/app")
/// ```
///
/// Every call checks its arguments and throws ``ChalkError`` with a sentence that names the wrong one. Nothing is
/// built here; local files are checked when they are added and read when the image is built or started.
public struct Image: Hashable, Sendable, CustomStringConvertible {
    /// The definition itself.
    package let spec: ImageSpec

    package init(spec: ImageSpec) {
        self.spec = spec
    }

    /// The empty image.
    public static let scratch = Image(spec: .scratch)

    /// An image on top of any image reference, such as `ubuntu:22.04` or `ghcr.io/org/image@sha256:…`.
    public static func base(_ reference: String) throws(ChalkError) -> Image {
        try make { () throws(SpecError) in try ImageSpec.base(reference) }
    }

    /// An image on top of `python:<version>-slim-bookworm`.
    public static func debianSlim(_ version: String = "3.12") throws(ChalkError) -> Image {
        try make { () throws(SpecError) in try ImageSpec.debianSlim(version) }
    }

    /// An image that starts with a Dockerfile, read now and kept byte for byte; later calls follow its last stage.
    ///
    /// - Parameter path: A host path; relative ones start at the working directory.
    public static func fromDockerfile(_ path: String) throws(ChalkError) -> Image {
        try make { () throws(SpecError) in try ImageSpec.fromDockerfile(path, in: ImageFiles.location()) }
    }

    /// An image that starts with a Dockerfile that was read elsewhere; its files are those of
    /// ``BuildOptions/contextDirectory``.
    ///
    /// - Parameter name: What messages call it, where a path would stand.
    public static func fromDockerfile(contents: [UInt8], name: String) throws(ChalkError) -> Image {
        try make { () throws(SpecError) in
            try ImageSpec.fromDockerfile(DockerfileSource(path: name, contents: contents))
        }
    }

    /// The base reference, when it is all there is: such an image needs no build. Nil otherwise.
    public var plainReference: String? {
        guard case .reference(let reference) = spec.base, let plain = try? ImageSpec.base(reference),
            plain == spec
        else { return nil }
        return reference
    }

    /// Base and counts; never contents, commands or values of variables.
    public var description: String {
        var parts: [String] = []
        switch spec.base {
        case .reference(let reference): parts.append("base: \(reference)")
        case .dockerfile(let source): parts.append("dockerfile: \(source.path)")
        }
        parts.append("steps: \(spec.steps.count)")
        if !spec.env.isEmpty { parts.append("env: \(spec.env.count)") }
        if let workdir = spec.workdir { parts.append("workdir: \(workdir)") }
        if !spec.entrypoint.isEmpty { parts.append("entrypoint: \(spec.entrypoint.count)") }
        if !spec.cmd.isEmpty { parts.append("cmd: \(spec.cmd.count)") }
        return "Image(\(parts.joined(separator: ", ")))"
    }

    static func make(_ body: () throws(SpecError) -> ImageSpec) throws(ChalkError) -> Image {
        Image(spec: try ChalkError.checking(body))
    }
}
