// swift-tools-version: 6.2

// Wire and RPC with their tests, and nothing else: small enough to be built for every sanitizer.
// The folders are links to the product's own; only Mutex is a stand-in (see there).

import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

extension Target.Dependency {
    static let lifecycle = Self.product(
        name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let logging = Self.product(name: "Logging", package: "swift-log")
    static let metrics = Self.product(name: "Metrics", package: "swift-metrics")
    static let metricsTestKit = Self.product(name: "MetricsTestKit", package: "swift-metrics")
    static let nioCore = Self.product(name: "NIOCore", package: "swift-nio")
    static let nioPosix = Self.product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = Self.product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioTLS = Self.product(name: "NIOTLS", package: "swift-nio")
    static let serviceContext = Self.product(
        name: "ServiceContextModule", package: "swift-service-context")
    static let systemPackage = Self.product(name: "SystemPackage", package: "swift-system")
}

let package = Package(
    name: "sanitizers",
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-service-context", from: "1.5.1"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "JSON", swiftSettings: strict),
        .target(name: "Wire", dependencies: ["JSON"], swiftSettings: strict),
        .target(
            name: "RPC",
            dependencies: [
                "Wire", .logging, .metrics, .nioCore, .nioPosix, .nioSSL, .nioTLS, .lifecycle,
                .serviceContext, .systemPackage,
            ],
            path: "Sources", sources: ["RPC", "Mutex"], swiftSettings: strict),
        .target(name: "Contracts", dependencies: ["Wire"], swiftSettings: strict),
        .target(name: "ConformanceMessages", dependencies: ["Wire"], swiftSettings: strict),
        .target(name: "RandomSupport", swiftSettings: strict),
        .target(name: "PeerSupport", dependencies: ["RPC"], swiftSettings: strict),
        .testTarget(
            name: "JSONTests", dependencies: ["JSON", "RandomSupport"], swiftSettings: strict),
        .testTarget(
            name: "WireTests",
            dependencies: ["ConformanceMessages", "Contracts", "RandomSupport", "Wire"],
            swiftSettings: strict),
        .testTarget(
            name: "RPCTests",
            dependencies: [
                "PeerSupport", "RPC", "RandomSupport", "Wire", .lifecycle, .logging, .metrics,
                .metricsTestKit, .nioCore, .nioPosix, .serviceContext,
            ],
            resources: [.copy("Fixtures")], swiftSettings: strict),
        .testTarget(name: "PlantedTests", dependencies: ["RPC"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
