import ContractSupport
import Contracts
import Descriptors
import Foundation
import Testing
import Wire

/// docs/adding-an-rpc.md is followed as it stands: its patches applied to a copy.
@Suite struct AddingAnRPCTests {
    private static let page = Repository.root.appending(path: "docs/adding-an-rpc.md")

    /// The contract, its messages and its handler; then what a method for people needs besides.
    private static let places = [
        "proto/usher/notification/v1/notification.proto", "Sources/Contracts/NotificationV1.swift",
        "Sources/NotificationService/NotificationHandlers.swift",
    ]
    private static let peoplesPlaces = [
        "Tests/IntegrationTests/Access/AccessTable.swift",
        "gateway/Sources/Routes/SaleRoutes.swift", "gateway/openapi.yaml",
        "Tests/IntegrationTests/Access/GatewayTable.swift",
    ]

    /// Whether somebody has followed the page in this very tree: then its patches are taken back in
    /// the copy before they are applied.
    private static let isInTheTree = NotificationV1.NotificationService.methods.contains {
        $0.name == "CountTickets"
    }

    /// The page's patches: its first three parts, or the fourth.
    private func patches(_ part: String) async throws -> String {
        let script = Repository.root.appending(path: "scripts/page-patches").path
        let printed = try await Tool.env.run(
            ["bash", script, Self.page.path, part, "4"], in: Repository.root)
        #expect(printed.status == 0, "\(printed.output)")
        return printed.output
    }

    private func changedFiles(_ patches: String) -> [String] {
        patches.split(separator: "\n").compactMap { line in
            line.hasPrefix("+++ b/") ? String(line.dropFirst(6)) : nil
        }
    }

    /// A folder with copies of what the page changes and all of `proto/`, patched.
    private func followed() async throws -> ScratchFolder {
        let scratch = try ScratchFolder()
        let protos = try Repository.protoFiles().map { "proto/" + $0 } + ["proto/buf.yaml"]
        for path in Set(protos + Self.places + Self.peoplesPlaces) {
            let copy = scratch.url.appending(path: path)
            try FileManager.default.createDirectory(
                at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(contentsOf: Repository.root.appending(path: path)).write(to: copy)
        }
        func apply(_ part: String, _ options: [String]) async throws -> (
            status: Int32, output: String
        ) {
            let patch = scratch.url.appending(path: "page\(part).patch")
            try Data((try await patches(part) + "\n").utf8).write(to: patch)
            let applied = try await Tool.env.run(
                ["git", "apply", "-C1", "--recount", "--unsafe-paths"] + options + [patch.path],
                in: scratch.url)
            return (applied.status, applied.output)
        }
        if Self.isInTheTree {
            // The fourth part may not have been followed.
            _ = try await apply("--from", ["--reverse"])
            let taken = try await apply("--to", ["--reverse"])
            #expect(taken.status == 0, "\(taken.output)")
        }
        for part in ["--to", "--from"] {
            let applied = try await apply(part, [])
            #expect(applied.status == 0, "\(applied.output)")
        }
        return scratch
    }

    @Test func threePlacesAndSevenForPeople() async throws {
        #expect(changedFiles(try await patches("--to")) == Self.places)
        #expect(changedFiles(try await patches("--from")) == Self.places + Self.peoplesPlaces)
        _ = try await followed()
    }

    @Test func contractIsGoodAndBreaksNothing() async throws {
        let folder = try await followed()
        let proto = folder.url.appending(path: "proto")
        let lint = try await Tool.buf().run(["lint"], in: proto)
        #expect(lint.status == 0, "\(lint.output)")
        let breaking = try await Tool.buf().run(
            ["breaking", "--against", Repository.proto.path], in: proto)
        #expect(breaking.status == 0, "\(breaking.output)")
    }

    /// As the page says: the contract tests fail until `Contracts` agree, and name what is missing.
    @Test func contractTestsAskForTheMessages() async throws {
        let folder = try await followed()
        let bytes = try await ProtoCompiler.descriptorSet(
            of: try Repository.protoFiles(), in: folder.url.appending(path: "proto"))
        let package = "usher.notification.v1."
        let missing = ContractCheck.faults(
            proto: try DescriptorSet(serialized: bytes), contracts: .ofContracts()
        ).filter { $0.contains("missing in Contracts") }
        let expected =
            Self.isInTheTree
            ? []
            : [
                "\(package)CountTicketsRequest: missing in Contracts",
                "\(package)CountTicketsResponse: missing in Contracts",
                "\(package)NotificationService.CountTickets: missing in Contracts",
            ]
        #expect(missing == expected)
    }

    /// The page's messages say in Swift what its contract says, as far as the texts tell. That they
    /// compile, and that the method can be called, scripts/try-adding-an-rpc tries.
    @Test func swiftNamesWhatTheContractDeclares() async throws {
        let folder = try await followed()
        let bytes = try await ProtoCompiler.descriptorSet(
            of: try Repository.protoFiles(), in: folder.url.appending(path: "proto"))
        let set = try DescriptorSet(serialized: bytes)
        let text = try String(
            contentsOf: folder.url.appending(path: Self.places[1]), encoding: .utf8)
        for name in ["CountTicketsRequest", "CountTicketsResponse"] {
            let full = "usher.notification.v1." + name
            let message = try #require(set.message(named: full))
            let start = try #require(text.range(of: "protoName = \"\(full)\""))
            let end = try #require(
                text.range(of: "\n    }\n", range: start.upperBound..<text.endIndex))
            let body = text[start.upperBound..<end.lowerBound]
            let fields = body.matches(of: /v\.field\((\d+), "(\w+)"/).map {
                "\($0.output.1) \($0.output.2)"
            }
            #expect(fields == message.fields.map { "\($0.number) \($0.name)" })
        }
        let parsed = try await Tool.env.run(
            ["swiftc", "-parse"]
                + (Self.places + Self.peoplesPlaces).filter { $0.hasSuffix(".swift") },
            in: folder.url)
        #expect(parsed.status == 0, "\(parsed.output)")
    }
}
