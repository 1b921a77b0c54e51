// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Targets that touch C also say `unsafe` where they are.
let strictWithC: [SwiftSetting] = strict + [.strictMemorySafety()]

extension Target.Dependency {
    static let argumentParser = Self.product(
        name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient = Self.product(
        name: "AsyncHTTPClient", package: "async-http-client")
    static let configuration = Self.product(name: "Configuration", package: "swift-configuration")
    static let crypto = Self.product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = Self.product(name: "CryptoExtras", package: "swift-crypto")
    static let httpTypes = Self.product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = Self.product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = Self.product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdTesting = Self.product(
        name: "HummingbirdTesting", package: "hummingbird")
    static let jwtKit = Self.product(name: "JWTKit", package: "jwt-kit")
    static let lifecycle = Self.product(
        name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let logging = Self.product(name: "Logging", package: "swift-log")
    static let metrics = Self.product(name: "Metrics", package: "swift-metrics")
    static let metricsTestKit = Self.product(name: "MetricsTestKit", package: "swift-metrics")
    static let nioCore = Self.product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = Self.product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = Self.product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = Self.product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioTLS = Self.product(name: "NIOTLS", package: "swift-nio")
    static let serviceContext = Self.product(
        name: "ServiceContextModule", package: "swift-service-context")
    static let subprocess = Self.product(name: "Subprocess", package: "swift-subprocess")
    static let systemPackage = Self.product(name: "SystemPackage", package: "swift-system")
    static let unixSignals = Self.product(name: "UnixSignals", package: "swift-service-lifecycle")
}

/// What every service stands on.
let serviceDependencies: [Target.Dependency] = [
    "Wire", "RPC", "Contracts", "Postgres", "ServiceKit", "Telemetry", .configuration,
    .lifecycle, .logging, .metrics,
]

let package = Package(
    name: "usher",
    products: [
        .executable(name: "usher", targets: ["usher"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: [.defaults, "CommandLineArguments"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-service-context", from: "1.5.1"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // C libraries: module maps and small shims only.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CPostgres", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CProtobufC", providers: [.apt(["libprotobuf-c-dev"])]),
        .systemLibrary(name: "CQREncode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CLinux"),

        // The wire.
        .target(name: "JSON", swiftSettings: strict),
        .target(name: "Wire", dependencies: ["JSON"], swiftSettings: strict),
        .target(
            name: "RPC",
            dependencies: [
                "Wire", .logging, .metrics, .nioCore, .nioPosix, .nioSSL, .nioTLS, .lifecycle,
                .serviceContext, .systemPackage,
            ],
            swiftSettings: strict),
        .target(name: "Contracts", dependencies: ["Wire"], swiftSettings: strict),
        .target(
            name: "Descriptors", dependencies: ["JSON", "Wire", "CProtobufC"],
            swiftSettings: strictWithC),

        // The drivers.
        .target(
            name: "Postgres",
            dependencies: ["CPostgres", "CLinux", .crypto, .logging, .metrics, .lifecycle],
            swiftSettings: strictWithC),
        .target(
            name: "Redis",
            dependencies: ["CHiredis", "CLinux", .crypto, .logging, .metrics, .lifecycle],
            swiftSettings: strictWithC),

        // What the services share.
        .target(
            name: "Telemetry",
            dependencies: [
                .hummingbird, .hummingbirdCore, .httpTypes, .lifecycle, .logging, .metrics,
                .nioCore, .serviceContext,
            ],
            swiftSettings: strict),
        .target(
            name: "SeatingPlan", dependencies: ["JSON"], resources: [.copy("Plans")],
            swiftSettings: strict),
        .target(
            name: "ServiceKit",
            dependencies: [
                "Wire", "RPC", "Contracts", "Postgres", "Telemetry", .configuration, .crypto,
                .jwtKit, .lifecycle, .logging, .metrics,
            ],
            swiftSettings: strict),

        // The services. They never import each other.
        .target(
            name: "AuthService",
            dependencies: serviceDependencies + [
                .crypto, .cryptoExtras, .jwtKit, .nioCore, .nioPosix,
            ],
            exclude: ["README.md"], resources: [.copy("Migrations")], swiftSettings: strict),
        .target(
            name: "EventService",
            dependencies: serviceDependencies + [
                "Redis", "SeatingPlan", .crypto, .nioCore, .nioPosix,
            ],
            exclude: ["README.md"], resources: [.copy("Migrations"), .copy("Scripts")],
            swiftSettings: strict),
        .target(
            name: "BookingService", dependencies: serviceDependencies,
            exclude: ["README.md"], resources: [.copy("Migrations")], swiftSettings: strict),
        .target(
            name: "PaymentService",
            dependencies: serviceDependencies + [
                "JSON", .asyncHTTPClient, .crypto, .nioCore, .nioHTTP1,
            ],
            exclude: ["README.md"], resources: [.copy("Migrations")], swiftSettings: strict),
        .target(
            name: "NotificationService",
            dependencies: serviceDependencies + ["CQREncode", .crypto, .nioPosix],
            exclude: ["README.md"], resources: [.copy("Migrations")], swiftSettings: strictWithC),

        // The public face and the world outside.
        .target(
            name: "Gateway",
            dependencies: [
                "ServiceKit", "Contracts", "JSON", "RPC", "Telemetry", "Wire", .configuration,
                .crypto, .httpTypes, .hummingbird, .hummingbirdCore, .lifecycle, .logging,
                .metrics, .nioCore, .serviceContext,
            ],
            path: "gateway", sources: ["Sources"],
            resources: [.copy("web"), .copy("openapi.yaml")], swiftSettings: strict),
        .target(
            name: "ProviderSimulator",
            dependencies: [
                "JSON", "Telemetry", .asyncHTTPClient, .crypto, .hummingbird, .hummingbirdCore,
                .httpTypes, .lifecycle, .logging, .nioCore, .nioHTTP1, .nioPosix,
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "usher",
            dependencies: [
                "AuthService", "EventService", "BookingService", "PaymentService",
                "NotificationService", "Gateway", "ProviderSimulator", "Contracts",
                "Descriptors", "JSON", "Postgres", "RPC", "Redis", "SeatingPlan", "ServiceKit",
                "Telemetry", "Wire",
                .argumentParser, .asyncHTTPClient, .configuration, .crypto, .lifecycle, .logging,
                .nioCore, .nioHTTP1, .nioPosix, .subprocess, .systemPackage, .unixSignals,
            ],
            swiftSettings: strictWithC),

        // Seeded chance, and private servers for tests.
        .target(name: "RandomSupport", path: "Tests/RandomSupport", swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["Postgres", "Redis", .logging],
            path: "Tests/TestSupport", swiftSettings: strict),
        // The messages of protobuf's conformance suite, and the program that its runner talks to.
        .target(
            name: "ConformanceMessages", dependencies: ["Wire"],
            path: "Tests/ConformanceMessages", swiftSettings: strict),
        .executableTarget(
            name: "ConformanceTestee",
            dependencies: ["ConformanceMessages", "Wire", .systemPackage],
            path: "Tests/ConformanceTestee", swiftSettings: strict),
        // Other languages' programs that speak ttrpc.
        .target(
            name: "PeerSupport", dependencies: ["RPC"], path: "Tests/PeerSupport",
            swiftSettings: strict),

        .testTarget(
            name: "PostgresTests",
            dependencies: ["Postgres", "RandomSupport", "TestSupport", .lifecycle, .logging],
            swiftSettings: strict),
        .target(
            name: "ContractSupport", dependencies: ["Descriptors", "RandomSupport"],
            path: "Tests/ContractSupport", swiftSettings: strict),
        .testTarget(
            name: "DescriptorsTests",
            dependencies: ["ContractSupport", "Descriptors", "JSON", "RandomSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ContractTests",
            dependencies: ["ContractSupport", "Contracts", "Descriptors", "JSON", "Wire"],
            exclude: ["Baseline"], swiftSettings: strict),
        .testTarget(
            name: "JSONTests", dependencies: ["JSON", "RandomSupport"], swiftSettings: strict),
        .testTarget(
            name: "SeatingPlanTests", dependencies: ["JSON", "RandomSupport", "SeatingPlan"],
            swiftSettings: strict),
        .testTarget(
            name: "RPCTests",
            dependencies: [
                "PeerSupport", "RPC", "RandomSupport", "Wire", .lifecycle, .logging, .metrics,
                .metricsTestKit,
                .nioCore, .nioPosix, .serviceContext,
            ],
            resources: [.copy("Fixtures")], swiftSettings: strict),
        .testTarget(
            name: "ServiceKitTests",
            dependencies: [
                "Contracts", "Postgres", "RPC", "ServiceKit", "TestSupport", "Wire",
                .configuration, .crypto, .jwtKit, .lifecycle, .logging, .nioCore,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AuthServiceTests",
            dependencies: ["AuthService", "Contracts", "RPC", "ServiceKit", .nioPosix],
            swiftSettings: strict),
        .testTarget(
            name: "BookingServiceTests",
            dependencies: [
                "BookingService", "Contracts", "Postgres", "RPC", "RandomSupport", "ServiceKit",
                "TestSupport", "Wire", .lifecycle, .logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PaymentServiceTests",
            dependencies: [
                "Contracts", "PaymentService", "Postgres", "ServiceKit", "TestSupport", "Wire",
                .crypto, .logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "NotificationServiceTests",
            dependencies: ["Contracts", "NotificationService", "Wire"], swiftSettings: strict),
        .testTarget(
            name: "EventServiceTests",
            dependencies: [
                "Contracts", "EventService", "Postgres", "RPC", "RandomSupport", "Redis",
                "SeatingPlan", "ServiceKit", "TestSupport", "Wire", .crypto, .lifecycle, .logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RedisTests",
            dependencies: ["RandomSupport", "Redis", "TestSupport", .lifecycle, .logging],
            swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "usher", "ContractSupport", "Contracts", "Descriptors", "JSON", "PeerSupport",
                "Postgres", "RPC", "RandomSupport", "SeatingPlan",
                "ServiceKit", "TestSupport", "Wire", .asyncHTTPClient, .crypto, .logging, .nioCore,
                .nioHTTP1, .nioPosix,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "UsherTests",
            dependencies: [
                "usher", "Contracts", "Descriptors", "JSON", "RPC", "Wire", .argumentParser,
                .configuration, .lifecycle,
                .logging, .systemPackage,
            ],
            swiftSettings: strictWithC),
        .testTarget(
            name: "TelemetryTests",
            dependencies: [
                "Telemetry", .hummingbird, .hummingbirdTesting, .httpTypes, .logging, .metrics,
                .nioCore, .serviceContext,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ProviderSimulatorTests",
            dependencies: [
                "JSON", "ProviderSimulator", .crypto, .hummingbird, .hummingbirdTesting,
                .httpTypes, .logging, .nioCore, .nioPosix,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Contracts", "Gateway", "JSON", "RPC", "RandomSupport", "ServiceKit", "Telemetry",
                "Wire",
                .crypto, .hummingbird, .hummingbirdCore, .hummingbirdTesting, .httpTypes,
                .lifecycle, .logging, .nioCore, .serviceContext,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WireTests",
            dependencies: ["ConformanceMessages", "Contracts", "RandomSupport", "Wire"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
