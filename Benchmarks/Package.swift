// swift-tools-version: 6.2

// The codec and RPC beside their peers. A package of its own, so that the product does not depend on
// them. The folders Wire, RPC and JSON are links to the product's own.

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
    static let nioCore = Self.product(name: "NIOCore", package: "swift-nio")
    static let nioPosix = Self.product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = Self.product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioTLS = Self.product(name: "NIOTLS", package: "swift-nio")
    static let systemPackage = Self.product(name: "SystemPackage", package: "swift-system")
    static let serviceContext = Self.product(
        name: "ServiceContextModule", package: "swift-service-context")
    static let grpcCore = Self.product(name: "GRPCCore", package: "grpc-swift-2")
    static let grpcTransport = Self.product(
        name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport")
    static let swiftProtobuf = Self.product(name: "SwiftProtobuf", package: "swift-protobuf")
}

let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
        .package(url: "https://github.com/apple/swift-service-context", from: "1.5.1"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
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
            swiftSettings: strict),

        // Its metrics alone.
        .target(
            name: "Telemetry", dependencies: [.metrics],
            sources: [
                "MetricCatalogue.swift", "MetricDescription.swift", "MetricFamily.swift",
                "MetricNames.swift", "MetricSeries.swift", "MetricsRegistry.swift",
                "PrometheusMetricsFactory.swift", "PrometheusText.swift",
            ],
            swiftSettings: strict),

        .target(name: "Measure", swiftSettings: strict),
        .executableTarget(
            name: "CodecUsher", dependencies: ["Measure", "Wire"], swiftSettings: strict),
        .executableTarget(
            name: "CodecSwiftProtobuf", dependencies: ["Measure", .swiftProtobuf],
            swiftSettings: strict, plugins: ["Protoc"]),
        .executableTarget(
            name: "EchoUsher",
            dependencies: ["Measure", "RPC", "Telemetry", "Wire", .logging, .metrics],
            swiftSettings: strict),
        .executableTarget(
            name: "EchoGRPC", dependencies: ["Measure", .grpcCore, .grpcTransport],
            swiftSettings: strict),
        .executableTarget(name: "Bench", swiftSettings: strict),
        .plugin(
            name: "Protoc", capability: .buildTool(),
            dependencies: [.product(name: "protoc-gen-swift", package: "swift-protobuf")]),
    ],
    swiftLanguageModes: [.v6]
)
