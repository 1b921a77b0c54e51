extension JSONReader {
    /// Reads `null` if it comes next; false = something else comes, and was not read.
    package mutating func nullIfNext() throws(JSONError) -> Bool {
        guard try peek() == .null else { return false }
        try null()
        return true
    }

    /// Reads an integer that fits, integral forms like `1e2` and `5.0` included. Throws
    /// `outOfRange`.
    package mutating func int64() throws(JSONError) -> Int64 {
        try converted("an integer of 64 bits") { $0.int64 }
    }

    /// Reads an integer that fits and is not negative. Throws `outOfRange`.
    package mutating func uint64() throws(JSONError) -> UInt64 {
        try converted("an integer of 64 bits that is not negative") { $0.uint64 }
    }

    /// Reads a number as the nearest double. Throws `outOfRange` when it is too large for one.
    package mutating func double() throws(JSONError) -> Double {
        try converted("a number in the range of a double") { $0.double }
    }

    private mutating func converted<Value>(
        _ wanted: String, _ convert: (JSONNumber) -> Value?
    ) throws(JSONError) -> Value {
        try expect(.number)
        let start = position
        let number = try number()
        guard let value = convert(number) else {
            position = start
            expectation = .value
            throw error(.outOfRange, "\(wanted) is wanted, not \(number.text.prefix(40))")
        }
        return value
    }

    /// Reads a value and forgets it; everything in it is checked all the same.
    package mutating func skip() throws(JSONError) {
        let start = depth
        repeat {
            if expectation == .value {
                switch try peek() {
                case .null: try null()
                case .bool: _ = try bool()
                case .number: _ = try number()
                case .string: _ = try string()
                case .array: try beginArray()
                case .object: try beginObject()
                }
            } else if expectation == .memberOrEnd {
                _ = try nextName()
            } else {
                _ = try nextElement()
            }
        } while depth > start
    }

    /// Reads a value with all that is in it. Trees recurse when they are compared or freed: keep
    /// the depth limit below some hundreds.
    package mutating func value() throws(JSONError) -> JSONValue {
        var open: [Partial] = []
        while true {
            var done: JSONValue?
            switch expectation {
            case .memberOrEnd where !open.isEmpty:
                if let name = try nextName() {
                    open[open.count - 1].name = name
                } else {
                    done = open.popLast()?.value
                }
            case .elementOrEnd where !open.isEmpty:
                if try !nextElement() { done = open.popLast()?.value }
            default:
                done = try scalar(&open)
            }
            guard let done else { continue }
            if open.isEmpty { return done }
            open[open.count - 1].append(done)
        }
    }

    /// A value without parts; or opens one with parts and gives nil.
    private mutating func scalar(_ open: inout [Partial]) throws(JSONError) -> JSONValue? {
        switch try peek() {
        case .null:
            try null()
            return .null
        case .bool: return .bool(try bool())
        case .number: return .number(try number())
        case .string: return .string(try string())
        case .array:
            try beginArray()
            open.append(Partial(isObject: false))
        case .object:
            try beginObject()
            open.append(Partial(isObject: true))
        }
        return nil
    }
}

/// An array or object that is still being read.
private struct Partial {
    var isObject: Bool
    var name = ""
    var members: [JSONMember] = []
    var elements: [JSONValue] = []

    init(isObject: Bool) {
        self.isObject = isObject
    }

    var value: JSONValue {
        isObject ? .object(members) : .array(elements)
    }

    mutating func append(_ value: JSONValue) {
        if isObject {
            members.append(JSONMember(name, value))
        } else {
            elements.append(value)
        }
    }
}
