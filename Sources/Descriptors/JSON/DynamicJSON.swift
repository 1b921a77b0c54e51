package import JSON
package import Wire

/// The proto3 JSON mapping for messages of a descriptor set: every kind of field, Any, and the
/// well-known types that `Wire` has (Timestamp, Duration). Others with a JSON form of their own
/// (wrappers, Struct, FieldMask) are refused rather than written wrongly.
package struct DynamicJSON: Sendable {
    let schema: DynamicSchema
    let messages: [String: MessageDescriptor]
    let enums: [String: EnumDescriptor]

    /// For the types of this set. Throws what is wrong with the set.
    package init(_ set: DescriptorSet) throws(DescriptorError) {
        schema = try DynamicSchema(set)
        messages = Dictionary(set.messages.map { ($0.name, $0) }) { first, _ in first }
        enums = Dictionary(set.enums.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The serialized message that a document says. Unknown fields and enum names are refused.
    package func serialized(
        _ typeName: String, from json: JSONValue
    ) throws(DynamicJSONError) -> [UInt8] {
        let message = try DynamicJSONReader(mapping: self).message(typeName, json, at: "")
        return try attempt("") { () throws(DescriptorError) in try schema.pack(message) }
    }

    /// A serialized message as a document; fields without presence are written when they are zero,
    /// too.
    package func json(
        _ typeName: String, from bytes: [UInt8]
    ) throws(DynamicJSONError) -> JSONValue {
        let message = try attempt("") { () throws(DescriptorError) in
            try schema.unpack(typeName, from: bytes)
        }
        return try DynamicJSONWriter(mapping: self).value(message, at: "")
    }

    /// An Any as a document, by the types of the set; that of Any itself need not be there.
    package func json(_ any: AnyMessage) throws(DynamicJSONError) -> JSONValue {
        try DynamicJSONWriter(mapping: self).any(any, at: "")
    }

    /// What libprotobuf-c refuses, at its place.
    func attempt<R>(
        _ path: String, _ body: () throws(DescriptorError) -> R
    ) throws(DynamicJSONError) -> R {
        do {
            return try body()
        } catch {
            throw DynamicJSONError(path: path, detail: error.message)
        }
    }

    /// Full name of google.protobuf.Any.
    static let anyName = AnyMessage.protoName

    /// The type in `Wire` whose JSON form is no object of its fields; nil for all others. `Wire` has
    /// all of them (a test counts them).
    static func wellKnown(_ typeName: String) -> (any Message.Type)? {
        guard typeName.hasPrefix("google.protobuf."), typeName != anyName,
            let type = KnownTypes([])[typeName], type.hasJSONForm
        else { return nil }
        return type
    }
}
