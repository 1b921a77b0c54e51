import ContractSupport
import Contracts
import Descriptors
import Foundation
import Testing
import Wire

/// The descriptor set that servers serve is made from `Contracts`; it says what protoc makes of
/// `proto/`.
@Suite struct ServedSetTests {
    private func served(_ contracts: ContractSet = Contracts.all) -> [UInt8] {
        var builder = DescriptorSetBuilder()
        builder.add(contracts)
        return builder.set.serialized()
    }

    private func model(_ bytes: [UInt8]) throws -> ContractModel {
        let set = try DescriptorSet(serialized: bytes)
        return ContractModel(messages: set.messages, enums: set.enums, services: set.services)
    }

    @Test func servedSetAgreesWithProto() async throws {
        let proto = try await ProtoCompiler.contracts()
        let faults = ContractCheck.faults(proto: proto, contracts: try model(served()))
        #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
    }

    @Test func whatIsNotServedIsFound() async throws {
        let proto = try await ProtoCompiler.contracts()
        var contracts = Contracts.all
        contracts.messages.removeAll { $0.protoName.hasPrefix("usher.rpc.v1.Error") }
        contracts.services.removeAll { $0.name == RPCV1.Health.name }
        let faults = ContractCheck.faults(proto: proto, contracts: try model(served(contracts)))
        #expect(
            faults == [
                "usher.rpc.v1.ErrorDetail: missing in Contracts",
                "usher.rpc.v1.ErrorReason: missing in Contracts",
                "usher.rpc.v1.Health: missing in Contracts",
            ])
    }

    /// A set by itself: files in order, imports there, every reference resolved.
    @Test func protocTakesTheServedSet() async throws {
        let scratch = try ScratchFolder()
        let file = scratch.url.appending(path: "served.binpb")
        try Data(served()).write(to: file)
        let set = try DescriptorSet(serialized: served())
        let result = try await Tool.protoc().run(
            [
                "--descriptor_set_in=\(file.path)",
                "--descriptor_set_out=\(scratch.url.appending(path: "out.binpb").path)",
            ] + set.files.map(\.name), in: scratch.url)
        #expect(result.status == 0, "\(result.output)")
        #expect(set.files.contains { $0.name == "usher/event/v1/event.proto" })
    }

    /// Small enough for one answer: `GetDescriptorSet` has parts of 1 MiB.
    @Test func servedSetFitsOnePart() {
        #expect(served().count < 1 << 20)
    }
}
