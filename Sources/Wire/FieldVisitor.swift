/// Something that walks over a message's fields in the order of their declaration: the binary and
/// the JSON codec, and reflection. Messages call one method per field:
///
///     package mutating func visit<V: FieldVisitor>(_ v: inout V) {
///         v.field(1, "hold_id", &holdID)               // singular: omitted when it is zero
///         v.field(2, "note", &note)                    // `String?`: optional, written when set
///         v.field(3, "places", &places)                // `[HeldPlace]` or `[Int32]`: repeated
///         v.field(4, "delta", &delta, as: SInt32.self) // another wire form of Int32
///         v.map(5, "labels", &labels)                  // `[String: String]`
///         v.member(6, "card", of: "means", &means, Means.card) {
///             if case .card(let value) = $0 { value } else { nil }
///         }
///     }
///
/// A visitor that fails remembers its error and does nothing from then on. Those that only read
/// never write through the references that they are given.
@usableFromInline
package protocol FieldVisitor {
    /// A singular scalar or enum without presence.
    mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value, as scalar: S.Type)
    /// A scalar or enum with presence (`optional`).
    mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value?, as scalar: S.Type)
    /// A repeated scalar or enum. Both forms are read; `packed` decides what is written.
    mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [S.Value], as scalar: S.Type,
        packed: Bool)
    /// A message.
    mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?)
    /// A message that may hold its own kind; as any other for most visitors.
    mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout Boxed<M>)
    /// A repeated message.
    mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [M])
    /// A map to scalars or enums. Written in the order of its keys.
    mutating func map<K: MapKey, S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: S.Value],
        key: K.Type, as scalar: S.Type)
    /// A map to messages. Written in the order of its keys.
    mutating func map<K: MapKey, M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: M], key: K.Type)
    /// A scalar or enum that is a member of a oneof.
    mutating func member<O, S: Scalar>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        as scalar: S.Type, _ wrap: (S.Value) -> O, _ unwrap: (O) -> S.Value?)
    /// A message that is a member of a oneof.
    mutating func member<O, M: Message>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        _ wrap: (M) -> O, _ unwrap: (O) -> M?)
}

/// Scalars that keys of maps may be: integers, bool and string.
@usableFromInline
package protocol MapKey: Scalar {
    /// True where `a` is written before `b`.
    static func precedes(_ a: Value, _ b: Value) -> Bool
    /// The key as the name of a JSON member.
    static func text(of value: Value) -> String
    /// The key of a JSON member's name; nil where it is none.
    static func value(of text: String) -> Value?
}

extension MapKey where Value: Comparable {
    @inlinable package static func precedes(_ a: Value, _ b: Value) -> Bool { a < b }
}

extension Int32: MapKey {}
extension Int64: MapKey {}
extension UInt32: MapKey {}
extension UInt64: MapKey {}
extension SInt32: MapKey {}
extension SInt64: MapKey {}
extension Fixed32: MapKey {}
extension Fixed64: MapKey {}
extension SFixed32: MapKey {}
extension SFixed64: MapKey {}
extension String: MapKey {}
extension Bool: MapKey {
    @inlinable package static func precedes(_ a: Bool, _ b: Bool) -> Bool { !a && b }
}

/// The short forms, where the Swift type says all.
extension FieldVisitor {
    /// A singular scalar or enum without presence.
    @inlinable @inline(__always)
    package mutating func field<T: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout T
    ) where T.Value == T {
        field(number, name, &value, as: T.self)
    }

    /// A scalar or enum with presence (`optional`).
    @inlinable @inline(__always)
    package mutating func field<T: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout T?
    ) where T.Value == T {
        field(number, name, &value, as: T.self)
    }

    /// A repeated scalar or enum, packed where it can be.
    @inlinable @inline(__always)
    package mutating func field<T: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [T], packed: Bool = true
    ) where T.Value == T {
        field(number, name, &value, as: T.self, packed: packed)
    }

    /// A repeated scalar, packed where it can be.
    @inlinable @inline(__always)
    package mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [S.Value], as scalar: S.Type
    ) {
        field(number, name, &value, as: scalar, packed: true)
    }

    /// A map to scalars or enums.
    @inlinable @inline(__always)
    package mutating func map<K: MapKey, T: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K: T]
    ) where K.Value == K, T.Value == T {
        map(number, name, &value, key: K.self, as: T.self)
    }

    /// A map to messages.
    @inlinable @inline(__always)
    package mutating func map<K: MapKey, M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K: M]
    ) where K.Value == K {
        map(number, name, &value, key: K.self)
    }

    /// A scalar or enum that is a member of a oneof.
    @inlinable @inline(__always)
    package mutating func member<O, T: Scalar>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        _ wrap: (T) -> O, _ unwrap: (O) -> T?
    ) where T.Value == T {
        member(number, name, of: oneof, &value, as: T.self, wrap, unwrap)
    }
}
