// swift-tools-version: 6.2
import PackageDescription

/// The rules every Swift target lives by. Swift 6 mode comes from `swiftLanguageModes` below.
let strict: [SwiftSetting] = [
    // SE-0335: an existential is written `any P`.
    .enableUpcomingFeature("ExistentialAny"),
    // SE-0409: what a module leaks is said at its imports.
    .enableUpcomingFeature("InternalImportsByDefault"),
    // SE-0444: members come only from modules the file imports.
    .enableUpcomingFeature("MemberImportVisibility"),
    // SE-0461: nonisolated async functions stay with their caller.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// `.ci/test` tests optimised code, which is what ships: that takes half the time, and finds what debug builds hide. The
/// flag is unsafe in SwiftPM's eyes, so it must not stand here always: nobody could depend on the package then.
let optimised: [SwiftSetting] =
    Context.environment["CHALK_TEST_OPTIMISED"] == nil
    ? [] : [.unsafeFlags(["-O", "-wmo", "-num-threads", "2"], .when(configuration: .debug))]

/// Source targets also spell out each unsafe use (SE-0458); the test macros' expansions cannot.
let source = strict + [.strictMemorySafety()] + optimised

func floor(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: source)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["ChalkTestSupport"], exclude: exclude, swiftSettings: strict
    )
}

let package = Package(
    name: "chalk-image",
    products: [
        .library(name: "ChalkImage", targets: ["ChalkImage"]),
        .executable(name: "chalk-image", targets: ["chalk-image"]),
    ],
    targets: [
        // Floor 0: three C libraries and the operating system.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        // Linux calls that Swift's Glibc module leaves out.
        .systemLibrary(name: "CLinux"),
        // Owned descriptors, processes, sockets, the I/O pool.
        floor("ChalkSystem", ["CLinux"]),

        // Floor 1: the words of the OCI specifications, as values.
        floor("ChalkOCI", ["COpenSSL"]),

        // Floor 2: what people write; both pure.
        floor("ChalkSpec", ["ChalkOCI"]),
        floor("ChalkDockerfile", ["ChalkOCI"]),

        // Floor 3: files in, layers out, and where they are kept.
        floor("ChalkContext", ["ChalkOCI", "ChalkSystem"]),
        floor("ChalkArchive", ["ChalkOCI", "ChalkSystem", "CZlib", "CArchive"]),
        floor("ChalkStore", ["ChalkOCI", "ChalkSystem"]),

        // Floor 4: what to do; doing one step; talking to registries.
        floor("ChalkPlan", ["ChalkOCI", "ChalkSpec", "ChalkDockerfile"]),
        floor("ChalkExec", ["ChalkOCI", "ChalkSystem"]),
        floor("ChalkRegistry", ["ChalkOCI", "ChalkSystem", "COpenSSL"]),

        // Floor 5: the public library, which joins the rest.
        floor(
            "ChalkImage",
            [
                "ChalkOCI", "ChalkSystem", "ChalkSpec", "ChalkDockerfile", "ChalkContext", "ChalkArchive",
                "ChalkStore", "ChalkPlan", "ChalkExec", "ChalkRegistry",
            ]),

        // Floor 6: the command.
        .executableTarget(
            name: "chalk-image", dependencies: ["ChalkImage", "ChalkOCI", "ChalkSystem"],
            swiftSettings: source),

        // Whole programs that use the library as anybody would.
        .executableTarget(
            name: "container-quickstart", dependencies: ["ChalkImage"],
            path: "Sources/Examples/ContainerQuickstart", swiftSettings: source),
        .executableTarget(
            name: "webhook-orchestrator", dependencies: ["ChalkImage"],
            path: "Sources/Examples/WebhookOrchestrator", swiftSettings: source),

        // Tests mirror the floors; CommandTests drive the built command against other people's tools.
        .target(
            name: "ChalkTestSupport", dependencies: ["ChalkSystem"], path: "Tests/ChalkTestSupport",
            swiftSettings: strict),
        tests("ChalkSystemTests", ["ChalkSystem"]),
        tests("ChalkOCITests", ["ChalkOCI"]),
        tests("ChalkSpecTests", ["ChalkSpec", "ChalkOCI"]),
        tests("ChalkDockerfileTests", ["ChalkDockerfile", "ChalkOCI"], exclude: ["oracle"]),
        tests("ChalkContextTests", ["ChalkContext", "ChalkOCI", "ChalkSystem"]),
        tests("ChalkArchiveTests", ["ChalkArchive", "ChalkOCI", "ChalkSystem"]),
        tests("ChalkStoreTests", ["ChalkStore", "ChalkOCI", "ChalkSystem"]),
        tests("ChalkPlanTests", ["ChalkPlan", "ChalkOCI", "ChalkSpec", "ChalkDockerfile"]),
        tests("ChalkExecTests", ["ChalkExec", "ChalkOCI", "ChalkSystem"]),
        tests("ChalkRegistryTests", ["ChalkRegistry", "ChalkOCI", "ChalkSystem"]),
        tests(
            "ChalkImageTests",
            [
                "ChalkImage", "ChalkArchive", "ChalkOCI", "ChalkPlan", "ChalkRegistry", "ChalkStore",
                "ChalkSystem",
            ]),
        tests(
            "CommandTests",
            ["chalk-image", "container-quickstart", "webhook-orchestrator", "ChalkSystem"]),
    ],
    swiftLanguageModes: [.v6]
)
