// swift-tools-version: 6.2
import PackageDescription

// The project's rules (../Package.swift); nothing is depended on, the engine least of all: it is driven as a program.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "Benchmarks",
    targets: [
        .executableTarget(name: "bench", path: "Sources", swiftSettings: strict + [.strictMemorySafety()]),
        .testTarget(name: "BenchTests", dependencies: ["bench"], path: "Tests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
