/// A message of `google.protobuf` that holds one scalar, to tell "absent" from "zero". In JSON it
/// is the scalar alone.
@usableFromInline
package protocol WrapperMessage: Message {
    associatedtype Wrapped: Scalar
    /// What it holds.
    var value: Wrapped.Value { get set }
}

extension WrapperMessage {
    /// A wrapper of a value.
    package init(_ value: Wrapped.Value) {
        self.init()
        self.value = value
    }

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "value", &value, as: Wrapped.self)
    }

    package static var hasJSONForm: Bool { true }

    package mutating func encodeJSON(to writer: inout JSONFieldWriter) {
        Wrapped.writeJSON(value, &writer)
    }

    package mutating func decodeJSON(from reader: inout JSONFieldReader) {
        if let read = Wrapped.readJSON(&reader) { value = read }
    }
}

/// google.protobuf.DoubleValue.
package struct DoubleValue: WrapperMessage {
    package typealias Wrapped = Double
    package static let protoName = "google.protobuf.DoubleValue"
    package var value = 0.0
    package var unknownFields = UnknownFields()

    package init() {}
}

/// google.protobuf.FloatValue.
package struct FloatValue: WrapperMessage {
    package typealias Wrapped = Float
    package static let protoName = "google.protobuf.FloatValue"
    package var value: Float = 0
    package var unknownFields = UnknownFields()

    package init() {}
}

/// google.protobuf.Int64Value.
package struct Int64Value: WrapperMessage {
    package typealias Wrapped = Int64
    package static let protoName = "google.protobuf.Int64Value"
    package var value: Int64 = 0
    package var unknownFields = UnknownFields()

    package init() {}
}

/// google.protobuf.UInt64Value.
package struct UInt64Value: WrapperMessage {
    package typealias Wrapped = UInt64
    package static let protoName = "google.protobuf.UInt64Value"
    package var value: UInt64 = 0
    package var unknownFields = UnknownFields()

    package init() {}
}

/// google.protobuf.Int32Value.
package struct Int32Value: WrapperMessage {
    package typealias Wrapped = Int32
    package static let protoName = "google.protobuf.Int32Value"
    package var value: Int32 = 0
    package var unknownFields = UnknownFields()

    package init() {}
}

/// google.protobuf.UInt32Value.
package struct UInt32Value: WrapperMessage {
    package typealias Wrapped = UInt32
    package static let protoName = "google.protobuf.UInt32Value"
    package var value: UInt32 = 0
    package var unknownFields = UnknownFields()

    package init() {}
}

/// google.protobuf.BoolValue.
package struct BoolValue: WrapperMessage {
    package typealias Wrapped = Bool
    package static let protoName = "google.protobuf.BoolValue"
    package var value = false
    package var unknownFields = UnknownFields()

    package init() {}
}

/// google.protobuf.StringValue.
package struct StringValue: WrapperMessage {
    package typealias Wrapped = String
    package static let protoName = "google.protobuf.StringValue"
    package var value = ""
    package var unknownFields = UnknownFields()

    package init() {}
}

/// google.protobuf.BytesValue.
package struct BytesValue: WrapperMessage {
    package typealias Wrapped = [UInt8]
    package static let protoName = "google.protobuf.BytesValue"
    package var value: [UInt8] = []
    package var unknownFields = UnknownFields()

    package init() {}
}
