/// Why a descriptor set, a value or some bytes were refused.
package struct DescriptorError: Error, Equatable, CustomStringConvertible {
    /// What kind of refusal it is.
    package enum Code: Sendable, Equatable {
        /// The bytes are not a descriptor set, or not a message of the type.
        case malformed
        /// Legal protobuf that this target does not do: proto2, groups, what libprotobuf-c
        /// gets wrong (strings with NUL, a singular submessage written twice).
        case unsupported
        /// A message or field that the descriptor set does not have.
        case unknownType
        /// A value that does not fit its field.
        case mismatch
        /// Deeper than `DynamicSchema.depthMax`.
        case tooDeep
        /// Larger than `DynamicSchema.bytesMax`, or no memory left.
        case tooLarge
    }

    /// The kind of refusal, for callers that switch.
    package var code: Code
    /// What was refused and where, for people.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the text.
    package var description: String { "\(code): \(message)" }
}
