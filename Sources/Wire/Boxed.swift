/// A message field that may hold the message's own type, so that it cannot lie inside of it:
///
///     @Boxed package var parent: Node?
///
///     v.field(7, "parent", &_parent)   // with the underscore: the box, not its content
///
/// Eight bytes where the field is absent, one allocation where it is there. Copies share the
/// content until one of them changes it.
@usableFromInline
@propertyWrapper
package struct Boxed<M: Message>: Equatable, Sendable {
    /// At most one element: an array is a box with copy on write, and decodes in place.
    @usableFromInline var content: [M] = []

    /// Absent.
    @inlinable
    package init() {}

    /// Present where there is a message.
    @inlinable
    package init(wrappedValue: M?) {
        if let wrappedValue { content = [wrappedValue] }
    }

    /// The message; nil where the field is absent.
    @inlinable
    package var wrappedValue: M? {
        get { content.first }
        set {
            content.removeAll(keepingCapacity: newValue != nil)
            if let newValue { content.append(newValue) }
        }
    }

    /// Reads a message with its length into what is there already, or into an empty one.
    @inlinable
    mutating func merge(fromDelimited decoder: inout BinaryDecoder) {
        if content.isEmpty {
            guard decoder.takeElement(M.self) else { return }
            content.append(M())
        }
        content[0].merge(fromDelimited: &decoder)
    }
}

/// For visitors that treat a boxed field as any other message.
extension FieldVisitor {
    @inlinable
    package mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout Boxed<M>
    ) {
        var message = value.wrappedValue
        field(number, name, &message)
        value.wrappedValue = message
    }
}

extension BinaryDecoder {
    @inlinable @inline(__always)
    package mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout Boxed<M>
    ) {
        if tag == number << 3 | WireType.lengthDelimited.rawValue {
            value.merge(fromDelimited: &self)
            nextTag()
        }
    }
}

extension BinaryEncoder {
    /// As an array of one; in place.
    @inlinable @inline(__always)
    package mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout Boxed<M>
    ) {
        field(number, name, &value.content)
    }
}
