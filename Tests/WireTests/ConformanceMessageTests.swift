import ConformanceMessages
import Testing
import Wire

/// What Google's runner cannot see, or sees only when `scripts/conformance` runs.
struct ConformanceMessageTests {
    private static let types = KnownTypes([TestAllTypesProto3.self, Leaf.self])

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func readsWhatItWrites(_ seed: UInt64) throws {
        let message = RandomFiller.message(TestAllTypesProto3.self, seed: seed)
        let bytes = message.serialized()
        let again = try TestAllTypesProto3(serialized: bytes)
        #expect(again == message)
        #expect(again.serialized() == bytes)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>, [false, true])
    func readsTheJSONThatItWrites(_ seed: UInt64, _ zeros: Bool) throws {
        let message = RandomFiller.message(TestAllTypesProto3.self, seed: seed, forJSON: true)
        let json = try message.jsonBytes(
            options: JSONEncodingOptions(writesZeroValues: zeros, types: Self.types))
        let options = JSONDecodingOptions(types: Self.types)
        #expect(try TestAllTypesProto3(json: json, options: options) == message)
    }

    @Test func fieldsAreInOrder() {
        let fields = TestAllTypesProto3.fields
        #expect(fields.count == 151)
        #expect(fields.map(\.number) == fields.map(\.number).sorted())
        #expect(Set(fields.map(\.number)).count == fields.count)
    }

    /// Merging a oneof's message must not copy what it holds: 100,000 merges into a growing list
    /// take minutes where each copies it.
    @Test(.timeLimit(.minutes(1)))
    func mergesAOneofInPlace() throws {
        let one = hex("32 04 0a 02 20 01")
        let bytes = (0..<100_000).flatMap { _ in one }
        let value = try ProtoValue(serialized: bytes)
        guard case .list(let list) = value.kind else {
            Issue.record("not a list")
            return
        }
        #expect(list.values.count == 100_000)
        #expect(list.values.last == ProtoValue(.bool(true)))
    }

    // MARK: The testee

    private func answer(_ build: (inout ConformanceRequest) -> Void) -> ConformanceResponse.Result?
    {
        var request = ConformanceRequest.with {
            $0.messageType = TestAllTypesProto3.protoName
            $0.requestedOutputFormat = .protobuf
        }
        build(&request)
        return request.answer().result
    }

    @Test func expectsNoFailures() {
        #expect(answer { $0.messageType = FailureSet.protoName } == .protobuf([]))
    }

    @Test func answersInEitherFormat() {
        #expect(answer { $0.payload = .json(#"{"optionalInt32":5}"#) } == .protobuf([8, 5]))
        #expect(
            answer {
                $0.payload = .protobuf([8, 5])
                $0.requestedOutputFormat = .json
            } == .json(#"{"optionalInt32":5}"#))
    }

    @Test func tellsErrorsApart() {
        guard case .parseError = answer({ $0.payload = .protobuf([8]) }) else {
            Issue.record("no parse error")
            return
        }
        let answer = answer {
            $0.payload = .protobuf(hex("fa 12 07 0a 05 61 5f 5f 62 63"))
            $0.requestedOutputFormat = .json
        }
        guard case .serializeError = answer else {
            Issue.record("\(String(describing: answer)) is no serialize error")
            return
        }
    }

    @Test func ignoresUnknownFieldsWhereTheCaseSaysSo() {
        let json = ConformanceRequest.Payload.json(#"{"nope":1,"optionalNestedEnum":"NOPE"}"#)
        guard case .parseError = answer({ $0.payload = json }) else {
            Issue.record("no parse error")
            return
        }
        #expect(
            answer {
                $0.payload = json
                $0.testCategory = .jsonIgnoringUnknown
            } == .protobuf([]))
    }

    @Test(arguments: [
        ConformanceRequest.with {
            $0.messageType = "protobuf_test_messages.proto2.TestAllTypesProto2"
        },
        .with {
            $0.messageType = TestAllTypesProto3.protoName
            $0.requestedOutputFormat = WireFormat(rawValue: 4)
            $0.payload = .protobuf([])
        },
        .with {
            $0.messageType = TestAllTypesProto3.protoName
            $0.requestedOutputFormat = .protobuf
            $0.payload = .text("")
        },
    ])
    func skipsWhatItDoesNotSpeak(_ request: ConformanceRequest) {
        guard case .skipped = request.answer().result else {
            Issue.record("not skipped")
            return
        }
    }
}
