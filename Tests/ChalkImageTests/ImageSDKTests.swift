import ChalkImage
import Testing

/// One image of the script, built with ours.
struct ImageSDKCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// Whether the bytes are equal too; else the SDK's need normalising first (slashes, steps that do nothing).
    let sameBytes: Bool
    let build: @Sendable (ImageSDKImages) throws -> Image

    init(
        _ name: String, sameBytes: Bool = true, _ build: @escaping @Sendable (ImageSDKImages) throws -> Image
    ) {
        self.name = name
        self.sameBytes = sameBytes
        self.build = build
    }

    var testDescription: String { name }

    static func base() throws -> Image { try Image.base("python:3.12-slim-bookworm") }

    static let plain: [ImageSDKCase] = [
        ImageSDKCase("base_tag") { _ in try Image.base("ubuntu:22.04") },
        ImageSDKCase("base_digest") { _ in
            try Image.base("ghcr.io/org/image@sha256:" + String(repeating: "0", count: 64))
        },
        ImageSDKCase("base_scratch") { _ in Image.scratch },
        // The SDK's suite is trixie; see the tests of differences.
        ImageSDKCase("debian_slim") { _ in try Image.base("python:3.11-slim-trixie").pipInstall(["requests"])
        },
        ImageSDKCase("run_one") { _ in try base().runCommands("apt-get update") },
        ImageSDKCase("run_many") { _ in
            try base().runCommands("apt-get update", "apt-get install -y curl git", "true")
        },
        ImageSDKCase("run_none", sameBytes: false) { _ in try base().runCommands() },
        ImageSDKCase("run_lines") { _ in try base().runCommands("set -e\necho \"$HOME\" 'x' \\\n  y\tz") },
        ImageSDKCase("run_unicode") { _ in try base().runCommands("echo grüße 日本 😀") },
        ImageSDKCase("run_twice") { _ in try base().runCommands("a").runCommands("b") },
        ImageSDKCase("pip_one") { _ in try base().pipInstall(["requests"]) },
        ImageSDKCase("pip_specifiers") { _ in
            try base().pipInstall(["requests>=2.28,<3", "x[a,b]==1.0 ; python_version < '4'"])
        },
        ImageSDKCase("pip_url") { _ in
            try base().pipInstall(["pkg @ git+https://example.org/pkg.git@main#egg=pkg"])
        },
        ImageSDKCase("pip_none", sameBytes: false) { _ in try base().pipInstall([]) },
        ImageSDKCase("uv_some") { _ in try base().uvPipInstall(["requests", "polars"]) },
        ImageSDKCase("uv_none", sameBytes: false) { _ in try base().uvPipInstall([]) },
        ImageSDKCase("requirements") { try base().pipInstallFromRequirements($0.file("requirements.txt")) },
        ImageSDKCase("requirements_options") {
            try base().pipInstallFromRequirements($0.file("options.txt"))
        },
        ImageSDKCase("uv_requirements") {
            try base().uvPipInstallFromRequirements($0.file("requirements.txt"))
        },
        ImageSDKCase("commands_some") { _ in try base().dockerfileCommands(["USER root", "EXPOSE 8080"]) },
        ImageSDKCase("commands_none", sameBytes: false) { _ in try base().dockerfileCommands([]) },
        ImageSDKCase("commands_lines") { _ in
            try base().dockerfileCommands([
                "RUN <<EOF\n  echo hi\nEOF", "", "# kept", "LABEL a=b \\", "  c=d",
            ])
        },
        ImageSDKCase("env_one") { _ in try base().env(["LOG_LEVEL": "DEBUG"]) },
        ImageSDKCase("env_merge") { _ in try base().env(["B": "1", "A": "1"]).env(["B": "2", "C": ""]) },
        ImageSDKCase("env_odd") { _ in
            try base().env(["WITH SPACE": "a=b\nc", "ÄÖ": "ü", "a": "1", "_": "2", "B": "3"])
        },
        ImageSDKCase("workdir_one") { _ in try base().workdir("/home/user/app") },
        ImageSDKCase("workdir_twice") { _ in try base().workdir("/a").workdir("/b") },
        ImageSDKCase("workdir_slash", sameBytes: false) { _ in try base().workdir("/app") },
        ImageSDKCase("entrypoint_one") { _ in try base().entrypoint(["python", "-m", "my_app"]) },
        ImageSDKCase("entrypoint_unset") { _ in try base().entrypoint(["python"]).entrypoint([]) },
        ImageSDKCase("cmd_one") { _ in try base().cmd(["/bin/bash", "-l", ""]) },
        ImageSDKCase("cmd_and_entrypoint") { _ in try base().entrypoint(["python"]).cmd(["-m"]).cmd(["-V"]) },
        ImageSDKCase("branch_left") { _ in try base().runCommands("shared").pipInstall(["left"]) },
        ImageSDKCase("branch_right") { _ in try base().runCommands("shared").pipInstall(["right"]) },
        ImageSDKCase("dockerfile", sameBytes: false) {
            try Image.base("debian:bookworm").dockerfileCommands(["RUN true", "ENV A=b"]).pipInstall(["rich"])
                .checkedAgainst(Image.fromDockerfile($0.file("Dockerfile")).pipInstall(["rich"]))
        },
    ]

    static let files: [ImageSDKCase] = [
        ImageSDKCase("copy_file") {
            try base().addLocalFile($0.file("main.py"), to: "/app/main.py", strategy: .copy)
        },
        ImageSDKCase("copy_file_mode") {
            try base().addLocalFile($0.file("main.py"), to: "/app/main.py", mode: 0o755, strategy: .copy)
        },
        ImageSDKCase("copy_file_mode_zero") {
            try base().addLocalFile($0.file("main.py"), to: "/app/main.py", mode: 0, strategy: .copy)
        },
        ImageSDKCase("copy_file_root") {
            try base().addLocalFile($0.file("main.py"), to: "/main.py", strategy: .copy)
        },
        ImageSDKCase("copy_empty") { try base().addLocalFile($0.file("empty"), to: "/e", strategy: .copy) },
        ImageSDKCase("copy_binary") { try base().addLocalFile($0.file("binary"), to: "/b", strategy: .copy) },
        ImageSDKCase("copy_dir") { try base().addLocalDir($0.file("src"), to: "/app/src", strategy: .copy) },
        ImageSDKCase("copy_dir_slash") {
            try base().addLocalDir($0.file("src/"), to: "/app/", strategy: .copy)
        },
        ImageSDKCase("copy_dir_ignored") {
            try base().addLocalDir($0.file("ignored"), to: "/i", strategy: .copy)
        },
        ImageSDKCase("copy_dir_excluded") {
            try base().addLocalDir(
                $0.file("excluded"), to: "/x", strategy: .copy, exclude: ["data/**", "notes.txt"])
        },
        ImageSDKCase("copy_dir_root") { try base().addLocalDir($0.file("src"), to: "/", strategy: .copy) },
        ImageSDKCase("volume_file") { try base().addLocalFile($0.file("main.py"), to: "/app/main.py") },
        ImageSDKCase("volume_file_mode") {
            try base().addLocalFile($0.file("main.py"), to: "/app/main.py", mode: 0o600)
        },
        ImageSDKCase("volume_files") {
            try base().addLocalFile($0.file("main.py"), to: "/app/main.py")
                .addLocalFile($0.file("run.sh"), to: "/app/run.sh", mode: 0o755)
                .addLocalFile($0.file("empty"), to: "/other/e")
        },
        ImageSDKCase("volume_dir") { try base().addLocalDir($0.file("src"), to: "/app/src") },
        ImageSDKCase("volume_dir_excluded") {
            try base().addLocalDir($0.file("excluded"), to: "/x", exclude: ["data/**"])
        },
        ImageSDKCase("volume_joined") {
            try base().addLocalDir($0.file("src"), to: "/app").addLocalFile(
                $0.file("main.py"), to: "/app/main.py")
        },
        ImageSDKCase("volume_nested") {
            try base().addLocalDir($0.file("src"), to: "/app").addLocalDir(
                $0.file("excluded"), to: "/app/sub"
            )
            .addLocalFile($0.file("main.py"), to: "/app/sub/deep/m.py")
        },
        ImageSDKCase("volume_same_twice") {
            try base().addLocalFile($0.file("main.py"), to: "/app/m").addLocalFile(
                $0.file("main.py"), to: "/app/m")
        },
        ImageSDKCase("order") {
            try base().workdir("/w").runCommands("1").env(["A": "b"]).pipInstall(["2"])
                .dockerfileCommands(["USER 3"]).addLocalFile($0.file("main.py"), to: "/4", strategy: .copy)
                .uvPipInstall(["5"]).runCommands("6").cmd(["7"])
        },
        ImageSDKCase("quickstart") {
            try Image.base("python:3.12-slim-trixie").pipInstall(["pandas", "requests"])
                .addLocalFile($0.file("main.py"), to: "/app/analyze.py").workdir("/app")
        },
        ImageSDKCase("everything") {
            try base().pipInstall(["a"]).uvPipInstall(["b"]).runCommands("c", "d").dockerfileCommands([
                "USER e"
            ])
            .addLocalFile($0.file("main.py"), to: "/app/f", mode: 0o640, strategy: .copy)
            .addLocalDir($0.file("src"), to: "/g").env(["H": "i"]).workdir("/j").entrypoint(["k"]).cmd(["l"])
        },
    ]
}

extension Image {
    /// Ours from a Dockerfile must say on the wire what the same steps say without one.
    fileprivate func checkedAgainst(_ other: Image) throws -> Image {
        #expect(try other.protobuf() == protobuf())
        return other
    }
}

@Suite("The same images as the published SDK makes")
struct ImageSDKTests {
    @Test("There are at least 40")
    func count() {
        #expect(ImageSDKCase.plain.count + ImageSDKCase.files.count >= 40)
    }

    @Test("The same message", arguments: ImageSDKCase.plain + ImageSDKCase.files)
    func message(_ item: ImageSDKCase) throws {
        let sdk = try ImageSDKImages.shared()
        let theirs = try sdk.protobuf(item.name)
        let ours = try item.build(sdk).protobuf()
        #expect(try Image(protobuf: ours) == Image(protobuf: theirs))
        if item.sameBytes { #expect(ours == theirs) }
    }

    @Test(
        "What protobuf's MessageToDict writes is a spec file",
        arguments: ImageSDKCase.plain + ImageSDKCase.files)
    func json(_ item: ImageSDKCase) throws {
        let sdk = try ImageSDKImages.shared()
        #expect(try Image(json: sdk.json(item.name)) == Image(protobuf: sdk.protobuf(item.name)))
    }

    @Test("The same lazy files in the same groups", arguments: ImageSDKCase.plain + ImageSDKCase.files)
    func volumes(_ item: ImageSDKCase) throws {
        let sdk = try ImageSDKImages.shared()
        let theirs = try sdk.volumes(item.name)
        let image = try item.build(sdk)
        #expect(
            try image.lazyLocalFiles
                == Set(
                    theirs.files.map {
                        LazyLocalFile(src: $0.src, dest: $0.dest, mode: $0.mode, mountRoot: $0.mountRoot)
                    }))
        #expect(
            try image.lazyLocalFilesGroupedForVolumeMounts().mapValues { $0.map(\.dest) }
                == theirs.groups.mapValues { $0.sorted() })
    }
}
