// swift-tools-version: 6.2

// The decoders under libFuzzer and AddressSanitizer: scripts/fuzz. The folders are links to the
// product's own; of RPC only what reads and writes bytes is built.

import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "fuzzing",
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2")
    ],
    targets: [
        .target(name: "JSON", swiftSettings: strict),
        .target(name: "Wire", dependencies: ["JSON"], swiftSettings: strict),
        .target(name: "Contracts", dependencies: ["Wire"], swiftSettings: strict),
        .target(name: "ConformanceMessages", dependencies: ["Wire"], swiftSettings: strict),
        .target(name: "RandomSupport", swiftSettings: strict),
        .systemLibrary(name: "CLibFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "CLibFuzzer", "ConformanceMessages", "Contracts", "JSON", "RandomSupport", "Wire",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
