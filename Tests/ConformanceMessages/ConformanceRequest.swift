package import Wire

/// What the runner of the conformance suite asks: read the payload, write it in another format.
package struct ConformanceRequest: Message {
    /// What is to be read.
    package enum Payload: Equatable, Sendable {
        case protobuf([UInt8])
        case json(String)
        case jspb(String)
        case text(String)
    }

    package static let protoName = "conformance.ConformanceRequest"
    package var payload: Payload?
    package var requestedOutputFormat = WireFormat.unspecified
    /// Full name of the message in the payload.
    package var messageType = ""
    package var testCategory = TestCategory.unspecified
    package var jspbEncodingOptions: JspbEncodingConfig?
    /// Concerns JSON and text format; optional, and nothing here does it.
    package var printUnknownFields = false
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.member(1, "protobuf_payload", of: "payload", &payload, Payload.protobuf) {
            if case .protobuf(let value) = $0 { value } else { nil }
        }
        v.member(2, "json_payload", of: "payload", &payload, Payload.json) {
            if case .json(let value) = $0 { value } else { nil }
        }
        v.field(3, "requested_output_format", &requestedOutputFormat)
        v.field(4, "message_type", &messageType)
        v.field(5, "test_category", &testCategory)
        v.field(6, "jspb_encoding_options", &jspbEncodingOptions)
        v.member(7, "jspb_payload", of: "payload", &payload, Payload.jspb) {
            if case .jspb(let value) = $0 { value } else { nil }
        }
        v.member(8, "text_payload", of: "payload", &payload, Payload.text) {
            if case .text(let value) = $0 { value } else { nil }
        }
        v.field(9, "print_unknown_fields", &printUnknownFields)
    }
}

/// How it went.
package struct ConformanceResponse: Message {
    /// What came of it.
    package enum Result: Equatable, Sendable {
        /// The payload is no such message; right where the case is a wrong input.
        case parseError(String)
        case runtimeError(String)
        case protobuf([UInt8])
        case json(String)
        case skipped(String)
        /// The message cannot be written in that format.
        case serializeError(String)
        case jspb(String)
        case text(String)
    }

    package static let protoName = "conformance.ConformanceResponse"
    package var result: Result?
    package var unknownFields = UnknownFields()

    package init() {}

    /// An answer.
    package init(_ result: Result) {
        self.result = result
    }

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.member(1, "parse_error", of: "result", &result, Result.parseError) {
            if case .parseError(let value) = $0 { value } else { nil }
        }
        v.member(2, "runtime_error", of: "result", &result, Result.runtimeError) {
            if case .runtimeError(let value) = $0 { value } else { nil }
        }
        v.member(3, "protobuf_payload", of: "result", &result, Result.protobuf) {
            if case .protobuf(let value) = $0 { value } else { nil }
        }
        v.member(4, "json_payload", of: "result", &result, Result.json) {
            if case .json(let value) = $0 { value } else { nil }
        }
        v.member(5, "skipped", of: "result", &result, Result.skipped) {
            if case .skipped(let value) = $0 { value } else { nil }
        }
        v.member(6, "serialize_error", of: "result", &result, Result.serializeError) {
            if case .serializeError(let value) = $0 { value } else { nil }
        }
        v.member(7, "jspb_payload", of: "result", &result, Result.jspb) {
            if case .jspb(let value) = $0 { value } else { nil }
        }
        v.member(8, "text_payload", of: "result", &result, Result.text) {
            if case .text(let value) = $0 { value } else { nil }
        }
    }
}

/// The cases that a testee expects to fail: the answer to the runner's first request.
package struct FailureSet: Message {
    package static let protoName = "conformance.FailureSet"
    package var failure: [String] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "failure", &failure)
    }
}

/// For a format that only Google has.
package struct JspbEncodingConfig: Message {
    package static let protoName = "conformance.JspbEncodingConfig"
    package var useJspbArrayAnyFormat = false
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "use_jspb_array_any_format", &useJspbArrayAnyFormat)
    }
}

/// What a message is written in.
package struct WireFormat: ProtoEnum {
    package static let protoName = "conformance.WireFormat"
    package var rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    package static let unspecified = WireFormat(rawValue: 0)
    package static let protobuf = WireFormat(rawValue: 1)
    package static let json = WireFormat(rawValue: 2)
    package static let cases: [(name: String, value: Int32)] = [
        ("UNSPECIFIED", 0), ("PROTOBUF", 1), ("JSON", 2), ("JSPB", 3), ("TEXT_FORMAT", 4),
    ]
}

/// What a case is about.
package struct TestCategory: ProtoEnum {
    package static let protoName = "conformance.TestCategory"
    package var rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    package static let unspecified = TestCategory(rawValue: 0)
    package static let jsonIgnoringUnknown = TestCategory(rawValue: 3)
    package static let cases: [(name: String, value: Int32)] = [
        ("UNSPECIFIED_TEST", 0), ("BINARY_TEST", 1), ("JSON_TEST", 2),
        ("JSON_IGNORE_UNKNOWN_PARSING_TEST", 3), ("JSPB_TEST", 4), ("TEXT_FORMAT_TEST", 5),
    ]
}
