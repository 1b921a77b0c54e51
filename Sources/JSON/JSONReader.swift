/// Reads a JSON document piece by piece (RFC 8259, nothing more: no NaN, no trailing comma, no lone
/// surrogate, no name twice in an object, no byte order mark). It never recurses, so that depth
/// costs memory alone, and that is limited.
///
///     var reader = try JSONReader(bytes, limits: .init(depth: 8))
///     try reader.beginObject()
///     while let name = try reader.nextName() {
///         switch name {
///         case "tags":
///             try reader.beginArray()
///             while try reader.nextElement() { tags.append(try reader.string()) }
///         default: try reader.skip()
///         }
///     }
///     try reader.end()
///
/// After an error the reader must not be used again, but for `wrongType` and `outOfRange`: those
/// leave the value unread, and `skip` passes over it.
package struct JSONReader {
    /// What the caller is ready to take.
    package struct Limits: Sendable {
        /// Levels of arrays and objects, at most.
        package var depth: Int
        /// Bytes of the document, at most.
        package var bytes: Int

        /// 64 levels and 32 MiB unless told otherwise.
        package init(depth: Int = 64, bytes: Int = 32 << 20) {
            self.depth = depth
            self.bytes = bytes
        }
    }

    /// The types of a value.
    package enum Kind: String, Sendable {
        case null, bool, number, string, array, object

        /// For people: "an array".
        package var phrase: String {
            switch self {
            case .null: "null"
            case .bool: "true or false"
            case .number: "a number"
            case .string: "a string"
            case .array: "an array"
            case .object: "an object"
            }
        }
    }

    /// What the grammar allows next.
    enum Expectation {
        case value, memberOrEnd, elementOrEnd, end
    }

    /// An open array or object.
    struct Level {
        var isObject: Bool
        /// Members or elements begun.
        var count = 0
        /// Name of the last member begun.
        var name = ""
        /// Where this object's names start in `names`.
        var firstName = 0
        /// Takes over from `names` when an object has many members.
        var manyNames: Set<String>?
    }

    let limits: Limits
    let input: Input
    let base: UnsafePointer<UInt8>
    let count: Int
    /// Start of what was not read yet.
    var position = 0
    var expectation = Expectation.value
    var outer: [Level] = []
    var level: Level?
    var names: [String] = []

    /// Copies the bytes. Throws `tooLarge`.
    package init(_ bytes: [UInt8], limits: Limits = Limits()) throws(JSONError) {
        guard bytes.count <= limits.bytes else {
            throw JSONError(
                .tooLarge, offset: limits.bytes, path: "",
                "the document has \(bytes.count) bytes, the limit is \(limits.bytes)")
        }
        self.limits = limits
        input = Input(bytes)
        base = UnsafePointer(input.base)
        count = bytes.count
    }

    /// Bytes read so far.
    package var offset: Int { position }

    /// Levels open.
    package var depth: Int { level == nil ? 0 : outer.count + 1 }

    /// The value that comes next, or was read last, e.g. `zones[2].name`.
    package var path: String {
        var path = ""
        for level in outer + (level.map { [$0] } ?? []) where level.count > 0 {
            path =
                level.isObject
                ? JSONPath.appending(name: level.name, to: path)
                : JSONPath.appending(index: level.count - 1, to: path)
        }
        return path
    }

    /// An error at the value that comes next or was read last.
    package func error(_ code: JSONError.Code, _ message: String) -> JSONError {
        JSONError(code, offset: position, path: path, message)
    }

    /// The type of the value that comes next; reads nothing of it.
    package mutating func peek() throws(JSONError) -> Kind {
        guard expectation == .value else { throw error(.misuse, "no value can come next") }
        skipWhiteSpace()
        switch base[position] {
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        default: throw unexpected("a value")
        }
    }

    /// Reads `{`.
    package mutating func beginObject() throws(JSONError) {
        try begin(.object)
        level?.firstName = names.count
        expectation = .memberOrEnd
    }

    /// Reads a member's name, or `}` and gives nil.
    package mutating func nextName() throws(JSONError) -> String? {
        guard expectation == .memberOrEnd, let first = level.map({ $0.count == 0 }) else {
            throw error(.misuse, "no name can come next")
        }
        skipWhiteSpace()
        if base[position] == UInt8(ascii: "}") {
            names.removeSubrange((level?.firstName ?? 0)...)
            closeLevel()
            return nil
        }
        if !first {
            guard base[position] == UInt8(ascii: ",") else { throw unexpected("a comma or }") }
            position += 1
            skipWhiteSpace()
        }
        guard base[position] == UInt8(ascii: "\"") else {
            throw unexpected(first ? "a name or }" : "a name")
        }
        let start = position
        let name = try scanString()
        try remember(name, at: start)
        skipWhiteSpace()
        guard base[position] == UInt8(ascii: ":") else { throw unexpected("a colon") }
        position += 1
        expectation = .value
        return name
    }

    /// Reads `[`.
    package mutating func beginArray() throws(JSONError) {
        try begin(.array)
        expectation = .elementOrEnd
    }

    /// True when another element comes; else reads `]`.
    package mutating func nextElement() throws(JSONError) -> Bool {
        guard expectation == .elementOrEnd, let first = level.map({ $0.count == 0 }) else {
            throw error(.misuse, "no element can come next")
        }
        skipWhiteSpace()
        if base[position] == UInt8(ascii: "]") {
            closeLevel()
            return false
        }
        if !first {
            guard base[position] == UInt8(ascii: ",") else { throw unexpected("a comma or ]") }
            position += 1
        }
        level?.count += 1
        expectation = .value
        return true
    }

    /// Reads a string.
    package mutating func string() throws(JSONError) -> String {
        try expect(.string)
        let value = try scanString()
        valueRead()
        return value
    }

    /// Reads a number.
    package mutating func number() throws(JSONError) -> JSONNumber {
        try expect(.number)
        let start = position
        try scanNumber()
        valueRead()
        return JSONNumber(unchecked: text(from: start, to: position))
    }

    /// Reads `true` or `false`.
    package mutating func bool() throws(JSONError) -> Bool {
        try expect(.bool)
        let value = base[position] == UInt8(ascii: "t")
        try scanWord(value ? "true" : "false")
        valueRead()
        return value
    }

    /// Reads `null`.
    package mutating func null() throws(JSONError) {
        try expect(.null)
        try scanWord("null")
        valueRead()
    }

    /// Checks that nothing but white space follows the document.
    package mutating func end() throws(JSONError) {
        guard expectation == .end else { throw error(.misuse, "the document is not at its end") }
        skipWhiteSpace()
        guard position == count else { throw unexpected("the end of the document") }
    }

    mutating func expect(_ kind: Kind) throws(JSONError) {
        let found = try peek()
        guard found == kind else {
            throw error(.wrongType, "\(kind.phrase) is wanted, not \(found.phrase)")
        }
    }

    mutating func valueRead() {
        guard let level else {
            expectation = .end
            return
        }
        expectation = level.isObject ? .memberOrEnd : .elementOrEnd
    }

    private mutating func begin(_ kind: Kind) throws(JSONError) {
        try expect(kind)
        guard depth < limits.depth else {
            throw error(.tooDeep, "deeper than \(limits.depth) levels")
        }
        position += 1
        if let level { outer.append(level) }
        level = Level(isObject: kind == .object)
    }

    private mutating func closeLevel() {
        position += 1
        level = outer.popLast()
        valueRead()
    }

    /// Looks a name up among those before it, and adds it.
    private mutating func remember(_ name: String, at start: Int) throws(JSONError) {
        let firstName = level?.firstName ?? 0
        var isNew = true
        if level?.manyNames != nil {
            isNew = level?.manyNames?.insert(name).inserted ?? true
        } else {
            isNew = !names[firstName...].contains(name)
            names.append(name)
            if names.count - firstName > 16 {
                level?.manyNames = Set(names[firstName...])
            }
        }
        level?.name = name
        level?.count += 1
        guard isNew else {
            throw JSONError(.duplicateName, offset: start, path: path, "this name comes twice")
        }
    }
}
