import ContractSupport
import Contracts
import Descriptors
import Foundation
import Testing
import Wire

/// `proto/` and `Contracts` say the same.
@Suite struct AgreementTests {
    @Test func contractsAgreeWithProto() async throws {
        let proto = try await ProtoCompiler.contracts()
        let faults = ContractCheck.faults(proto: proto, contracts: .ofContracts())
        #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
        // An empty comparison would agree too.
        #expect(proto.messages.count > 100)
        #expect(proto.services.count == Contracts.services.count)
    }

    @Test func fieldsAreVisitedInTheOrderOfTheirNumbers() {
        for message in ContractModel.ofContracts().messages {
            let numbers = message.fields.map(\.number)
            #expect(numbers == numbers.sorted(), "\(message.name)")
        }
    }

    /// A type that `Contracts` forgets to list would escape every other check.
    @Test func everyTypeOfTheSourcesIsListed() throws {
        let sources = Repository.root.appending(path: "Sources/Contracts")
        var declared: [String] = []
        for file in try FileManager.default.contentsOfDirectory(atPath: sources.path).sorted() {
            let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
            declared += text.matches(of: /static let protoName = "([^"]+)"/).map {
                String($0.output.1)
            }
        }
        let listed =
            Contracts.messages.map { $0.protoName } + Contracts.enums.map { $0.protoName }
        #expect(declared.sorted() == listed.sorted())
    }

    @Test func changedFieldNumberIsFound() async throws {
        let faults = try await faults { set in
            try edit(&set, message: "usher.rpc.v1.ErrorReason", field: "message") {
                $0.number = 4
            }
        }
        #expect(faults == ["usher.rpc.v1.ErrorReason.message: number 4 in proto, 3 in Contracts"])
    }

    @Test(arguments: [
        FieldEdit("type", "type int64 in proto, uint32 in Contracts") { $0.type = .int64 },
        FieldEdit("label", "repeated true in proto, false in Contracts") { $0.isRepeated = true },
        FieldEdit("presence", "presence true in proto, false in Contracts") {
            $0.hasPresence = true
        },
        FieldEdit("packed", "packed true in proto, false in Contracts") { $0.isPacked = true },
        FieldEdit("oneof", "oneof way in proto, none in Contracts") { $0.oneof = "way" },
        FieldEdit("JSON name", "JSON name retry in proto, retryAfterMs in Contracts") {
            $0.jsonName = "retry"
        },
    ]) func changedFieldIsFound(edit change: FieldEdit) async throws {
        let faults = try await faults { set in
            try edit(
                &set, message: "usher.rpc.v1.ErrorDetail", field: "retry_after_ms", change.edit)
        }
        #expect(faults == ["usher.rpc.v1.ErrorDetail.retry_after_ms: \(change.fault)"])
    }

    @Test func renamedMethodIsFound() async throws {
        let faults = try await faults { set in
            let file = try #require(set.files.firstIndex { $0.package == "usher.booking.v1" })
            let method = try #require(
                set.files[file].services[0].methods.firstIndex { $0.name == "GetBooking" })
            set.files[file].services[0].methods[method].name = "FetchBooking"
        }
        #expect(
            faults == [
                "usher.booking.v1.BookingService.FetchBooking: missing in Contracts",
                "usher.booking.v1.BookingService.GetBooking: missing in proto",
            ])
    }

    @Test func renumberedEnumValueIsFound() async throws {
        let faults = try await faults { set in
            let file = try #require(set.files.firstIndex { $0.package == "usher.booking.v1" })
            let value = try #require(
                set.files[file].enums[0].values.firstIndex {
                    $0.name == "BOOKING_STATE_CONFIRMED"
                })
            set.files[file].enums[0].values[value].number = 9
        }
        #expect(
            faults == [
                "usher.booking.v1.BookingState.BOOKING_STATE_CONFIRMED: "
                    + "number 9 in proto, 2 in Contracts"
            ])
    }

    @Test func missingMessageIsFound() async throws {
        let faults = try await faults { set in
            let file = try #require(set.files.firstIndex { $0.name.hasSuffix("error.proto") })
            set.files[file].messages[0].name = "usher.rpc.v1.Trouble"
        }
        #expect(
            faults == [
                "usher.rpc.v1.Trouble: missing in Contracts",
                "usher.rpc.v1.ErrorDetail: missing in proto",
            ])
    }

    /// The faults after one change to the proto side; that there are none before is tested above.
    private func faults(after change: (inout DescriptorSet) throws -> Void) async throws -> [String]
    {
        var proto = try await ProtoCompiler.contracts()
        let before = Set(ContractCheck.faults(proto: proto, contracts: .ofContracts()))
        try change(&proto)
        return ContractCheck.faults(proto: proto, contracts: .ofContracts())
            .filter { !before.contains($0) }
    }

    private func edit(
        _ set: inout DescriptorSet, message: String, field: String,
        _ change: (inout FieldDescriptor) -> Void
    ) throws {
        for file in set.files.indices {
            guard let index = set.files[file].messages.firstIndex(where: { $0.name == message })
            else { continue }
            let position = try #require(
                set.files[file].messages[index].fields.firstIndex { $0.name == field })
            change(&set.files[file].messages[index].fields[position])
        }
    }
}

/// A change to one field and the fault that it must give.
struct FieldEdit: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let fault: String
    let edit: @Sendable (inout FieldDescriptor) -> Void

    init(
        _ name: String, _ fault: String, edit: @escaping @Sendable (inout FieldDescriptor) -> Void
    ) {
        testDescription = name
        self.fault = fault
        self.edit = edit
    }
}
