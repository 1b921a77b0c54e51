/// A proto3 enum. Open: numbers without a name are kept as they are. `init(rawValue:)` makes
/// any; the zero value is the default.
@usableFromInline
package protocol ProtoEnum: Scalar, RawRepresentable, Hashable, CustomStringConvertible
where RawValue == Int32, Value == Self {
    /// Full name, e.g. `usher.event.v1.EventState`.
    static var protoName: String { get }
    /// Every value with its proto name (`EVENT_STATE_DRAFT`), in the order of the .proto;
    /// aliases after the name that is written.
    static var cases: [(name: String, value: Int32)] { get }
    init(rawValue: Int32)
}

extension ProtoEnum {
    /// The proto name of this value; nil for a number without one.
    package var name: String? {
        Self.cases.first { $0.value == rawValue }?.name
    }

    /// The value of a proto name.
    package init?(name: String) {
        guard let found = Self.cases.first(where: { $0.name == name }) else { return nil }
        self.init(rawValue: found.value)
    }

    package var description: String { name ?? "\(rawValue)" }

    @inlinable package static var kind: FieldKind { .enumeration }
    @inlinable package static var wireType: WireType { .varint }
    @inlinable package static var defaultValue: Self { Self(rawValue: 0) }

    @inlinable @inline(__always)
    package static func isDefault(_ value: Self) -> Bool { value.rawValue == 0 }

    @inlinable @inline(__always)
    package static func read(_ decoder: inout BinaryDecoder) -> Self {
        Self(rawValue: Int32(truncatingIfNeeded: decoder.readVarint()))
    }

    @inlinable @inline(__always)
    package static func write(_ value: Self, _ encoder: inout BinaryEncoder) {
        encoder.writeVarint(UInt64(bitPattern: Int64(value.rawValue)))
    }
}
