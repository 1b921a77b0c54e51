import ContractSupport
import Descriptors
import Foundation
import Testing

/// docs/adding-an-rpc.md is followed as it stands: its patches applied to a copy.
@Suite struct AddingAnRPCTests {
    private static let page = Repository.root.appending(path: "docs/adding-an-rpc.md")

    /// The contract, its messages and its handler; then what a public method needs.
    private static let places = [
        "proto/usher/notification/v1/notification.proto", "Sources/Contracts/NotificationV1.swift",
        "Sources/NotificationService/NotificationHandlers.swift",
    ]
    private static let publicPlaces = [
        "gateway/Sources/Routes/SaleRoutes.swift", "gateway/openapi.yaml",
    ]

    /// The page's patches, and a folder with copies of what they change and all of `proto/`, patched.
    private func followed() async throws -> (patches: String, folder: ScratchFolder) {
        let script = Repository.root.appending(path: "scripts/page-patches").path
        let printed = try await Tool.env.run(
            ["bash", script, Self.page.path], in: Repository.root)
        #expect(printed.status == 0, "\(printed.output)")
        let scratch = try ScratchFolder()
        let protos = try Repository.protoFiles().map { "proto/" + $0 } + ["proto/buf.yaml"]
        for path in Set(protos + Self.places + Self.publicPlaces) {
            let copy = scratch.url.appending(path: path)
            try FileManager.default.createDirectory(
                at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(contentsOf: Repository.root.appending(path: path)).write(to: copy)
        }
        let patch = scratch.url.appending(path: "page.patch")
        try Data((printed.output + "\n").utf8).write(to: patch)
        let applied = try await Tool.env.run(
            ["git", "apply", "-C1", "--recount", "--unsafe-paths", patch.path], in: scratch.url)
        #expect(applied.status == 0, "\(applied.output)")
        return (printed.output, scratch)
    }

    @Test func threePlacesAndTwoForThePublic() async throws {
        let (patches, _) = try await followed()
        let changed = patches.split(separator: "\n").compactMap { line in
            line.hasPrefix("+++ b/") ? String(line.dropFirst(6)) : nil
        }
        #expect(changed == Self.places + Self.publicPlaces)
    }

    @Test func contractIsGoodAndBreaksNothing() async throws {
        let (_, folder) = try await followed()
        let proto = folder.url.appending(path: "proto")
        let lint = try await Tool.buf().run(["lint"], in: proto)
        #expect(lint.status == 0, "\(lint.output)")
        let breaking = try await Tool.buf().run(
            ["breaking", "--against", Repository.proto.path], in: proto)
        #expect(breaking.status == 0, "\(breaking.output)")
    }

    /// As the page says: the contract tests fail until `Contracts` agree, and name what is missing.
    @Test func contractTestsAskForTheMessages() async throws {
        let (_, folder) = try await followed()
        let bytes = try await ProtoCompiler.descriptorSet(
            of: try Repository.protoFiles(), in: folder.url.appending(path: "proto"))
        let package = "usher.notification.v1."
        let missing = ContractCheck.faults(
            proto: try DescriptorSet(serialized: bytes), contracts: .ofContracts()
        ).filter { $0.contains("missing in Contracts") }
        #expect(
            missing == [
                "\(package)CountTicketsRequest: missing in Contracts",
                "\(package)CountTicketsResponse: missing in Contracts",
                "\(package)NotificationService.CountTickets: missing in Contracts",
            ])
    }

    /// The page's messages say in Swift what its contract says, as far as the texts tell; that they
    /// compile was tried when the page was written.
    @Test func swiftNamesWhatTheContractDeclares() async throws {
        let (_, folder) = try await followed()
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
            ["swiftc", "-parse"] + Self.places.dropFirst() + [Self.publicPlaces[0]],
            in: folder.url)
        #expect(parsed.status == 0, "\(parsed.output)")
    }
}
