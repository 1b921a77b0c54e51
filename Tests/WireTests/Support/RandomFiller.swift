import RandomSupport
import Wire

/// Fills a message with values of chance; half of its fields stay absent.
struct RandomFiller: FieldVisitor {
    var generator: SplitMix64
    var depth = 0
    /// Only what JSON can say: real times, no Any of an unknown type.
    var forJSON = false

    init(seed: UInt64, forJSON: Bool = false) {
        generator = SplitMix64(state: seed)
        self.forJSON = forJSON
    }

    static func message<M: Message>(_ type: M.Type, seed: UInt64, forJSON: Bool = false) -> M {
        var filler = RandomFiller(seed: seed, forJSON: forJSON)
        return filler.make(M.self)
    }

    mutating func make<M: Message>(_ type: M.Type) -> M {
        var message = M()
        depth += 1
        message.visit(&self)
        depth -= 1
        if forJSON, var time = message as? Timestamp {
            time.seconds = Int64.random(in: -62_135_596_800...253_402_300_799, using: &generator)
            time.nanos = Int32.random(in: 0...999_999_999, using: &generator)
            if let time = time as? M { return time }
        }
        if forJSON, var length = message as? ProtoDuration {
            let sign: Int64 = chance(2) ? 1 : -1
            length.seconds = sign * Int64.random(in: 0...315_576_000_000, using: &generator)
            length.nanos = Int32(sign) * Int32.random(in: 0...999_999_999, using: &generator)
            if let length = length as? M { return length }
        }
        if forJSON, message is AnyMessage {
            let packed = AnyMessage(packing: make(Leaf.self))
            if let packed = packed as? M { return packed }
        }
        if forJSON, message is FieldMask {
            let mask = FieldMask(paths: ["a", "b_c.d_e", "f1"].filter { _ in chance(2) })
            if let mask = mask as? M { return mask }
        }
        if forJSON, var value = message as? ProtoValue {
            if case .null = value.kind { value.kind = .null(.null) }
            if value.kind == nil { value.kind = .string(text(5)) }
            if let value = value as? M { return value }
        }
        return message
    }

    mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &generator) == 0 }

    private mutating func value<S: Scalar>(_ scalar: S.Type) -> S.Value {
        let bits = generator.next() >> UInt64.random(in: 0...63, using: &generator)
        let value: Any =
            switch S.kind {
            case .int32, .sint32, .sfixed32: Int32(truncatingIfNeeded: bits)
            case .int64, .sint64, .sfixed64: Int64(bitPattern: bits)
            case .uint32, .fixed32: UInt32(truncatingIfNeeded: bits)
            case .uint64, .fixed64: bits
            case .bool: bits & 1 == 1
            case .float: Float(Int32(truncatingIfNeeded: bits)) / 1024
            case .double: Double(Int64(bitPattern: bits)) / 1024
            case .string: text(Int(bits % 200))
            case .bytes: (0..<Int(bits % 200)).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            case .enumeration, .message: Int32(truncatingIfNeeded: bits % 5)
            }
        if let type = S.self as? any ProtoEnum.Type, let raw = value as? Int32 {
            return (type.init(rawValue: raw) as? S.Value) ?? S.defaultValue
        }
        return (value as? S.Value) ?? S.defaultValue
    }

    private mutating func text(_ count: Int) -> String {
        let pieces = ["a", "Z", "7", " ", "\"", "\\", "\n", "\u{1}", "é", "€", "🎟", "<"]
        return (0..<count).map { _ in pieces[Int(generator.next() % UInt64(pieces.count))] }
            .joined()
    }

    private mutating func count() -> Int {
        chance(2) ? 0 : Int.random(in: 1...3, using: &generator)
    }

    mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value, as scalar: S.Type
    ) {
        if chance(2) { value = self.value(S.self) }
    }

    mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout S.Value?, as scalar: S.Type
    ) {
        if chance(2) { value = chance(3) ? S.defaultValue : self.value(S.self) }
    }

    mutating func field<S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [S.Value], as scalar: S.Type,
        packed: Bool
    ) {
        value = (0..<count()).map { _ in self.value(S.self) }
    }

    mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout M?
    ) {
        if depth < 5, chance(2) { value = make(M.self) }
    }

    mutating func field<M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [M]
    ) {
        if depth < 5 { value = (0..<count()).map { _ in make(M.self) } }
    }

    mutating func map<K: MapKey, S: Scalar>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: S.Value],
        key: K.Type, as scalar: S.Type
    ) {
        for _ in 0..<count() { value[self.value(K.self)] = self.value(S.self) }
    }

    mutating func map<K: MapKey, M: Message>(
        _ number: UInt32, _ name: StaticString, _ value: inout [K.Value: M], key: K.Type
    ) {
        for _ in 0..<count() { value[self.value(K.self)] = make(M.self) }
    }

    mutating func member<O, S: Scalar>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        as scalar: S.Type, _ wrap: (S.Value) -> O, _ unwrap: (O) -> S.Value?
    ) {
        if chance(3) { value = wrap(self.value(S.self)) }
    }

    mutating func member<O, M: Message>(
        _ number: UInt32, _ name: StaticString, of oneof: StaticString, _ value: inout O?,
        _ wrap: (M) -> O, _ unwrap: (O) -> M?
    ) {
        if depth < 5, chance(3) { value = wrap(make(M.self)) }
    }
}
