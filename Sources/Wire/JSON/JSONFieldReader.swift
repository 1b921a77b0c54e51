import JSON

/// Reads a message from proto3 JSON: as the binary decoder, it calls `visit` until all names of an
/// object are used up, and its first error sticks.
@usableFromInline
package struct JSONFieldReader {
    var json: JSONReader
    let options: JSONDecodingOptions
    /// What went wrong, if anything did.
    private(set) var failure: WireError?

    /// Name whose value comes next; nil at the object's end and after a failure.
    private var name: String?
    /// Numbers of the fields that this object has had.
    private var seen: [UInt32] = []
    /// Fields taken in all: tells whether a pass of `visit` took any.
    private var taken = 0
    /// Levels that may still be entered: messages and entries of maps, as in the wire format, so
    /// that what was read from JSON can be read from its wire format, too.
    private var depthLeft = Limits.depthMax
    /// See `Limits.elementBytesMax`.
    private var elementBytesLeft: Int

    init(_ bytes: [UInt8], _ options: JSONDecodingOptions) throws(WireError) {
        self.options = options
        elementBytesLeft = Limits.elementBytesMax(inputBytes: bytes.count)
        do {
            // One level of ours is at most two of JSON: a message that is an array's element.
            json = try JSONReader(bytes, limits: .init(depth: 2 * Limits.depthMax + 2))
        } catch {
            throw WireError(error)
        }
    }

    // MARK: Failing

    mutating func fail(_ error: WireError) {
        if failure == nil { failure = error }
        name = nil
    }

    /// Fails at the value that was read last or comes next.
    mutating func fail(_ code: WireError.Code, _ detail: String) {
        fail(WireError(code, offset: json.offset, path: json.path, detail: detail))
    }

    /// Fails because a value does not fit its field.
    mutating func fail(_ detail: String) {
        fail(.invalidJSON, detail)
    }

    /// The result of reading with the tokenizer; nil, and failed, where it throws.
    mutating func attempt<R>(
        _ read: (inout JSONReader) throws(JSONError) -> R
    ) -> R? {
        if failure != nil { return nil }
        do {
            return try read(&json)
        } catch {
            fail(WireError(error))
            return nil
        }
    }

    // MARK: Objects and arrays

    /// Reads something one level deeper; fails at the limit.
    mutating func nested(_ read: (inout JSONFieldReader) -> Void) {
        guard depthLeft > 0 else {
            return fail(.tooDeep, "more than \(Limits.depthMax) levels of messages")
        }
        depthLeft -= 1
        read(&self)
        depthLeft += 1
    }

    /// Takes memory for an element; fails, and gives false, where there is none left.
    mutating func takeElement<T>(_ type: T.Type) -> Bool {
        elementBytesLeft -= MemoryLayout<T>.stride
        if elementBytesLeft >= 0 { return true }
        fail(.tooLarge, "too many messages for a document of this size")
        return false
    }

    /// Reads an object into the fields that `visit` names. `@type` is passed over where the object
    /// is a `google.protobuf.Any`.
    mutating func object(inAny: Bool = false, _ visit: (inout JSONFieldReader) -> Void) {
        guard attempt({ reader throws(JSONError) in try reader.beginObject() }) != nil else {
            return
        }
        let outer = (name: name, seen: seen)
        seen.removeAll(keepingCapacity: false)
        nextName()
        while let current = name {
            let before = taken
            visit(&self)
            if taken == before { unknown(current, inAny: inAny) }
        }
        seen = outer.seen
        if failure == nil { name = outer.name }
    }

    mutating func nextName() {
        name = attempt { reader throws(JSONError) in try reader.nextName() } ?? nil
    }

    private mutating func unknown(_ name: String, inAny: Bool) {
        guard options.ignoresUnknownFields || (inAny && name == "@type") else {
            return fail(.unknownField, "there is no such field")
        }
        _ = attempt { reader throws(JSONError) in try reader.skip() }
        nextName()
    }

    /// True where the name at hand is this field's; fails where the field was there before.
    private mutating func takes(_ number: UInt32, _ protoName: StaticString) -> Bool {
        guard let name, isName(name, of: protoName) else { return false }
        taken += 1
        guard !seen.contains(number) else {
            fail(.duplicateField, "the field comes twice")
            return false
        }
        seen.append(number)
        return true
    }

    /// As `takes`, but a null is passed over: it means that the field is absent. Only to Value and
    /// NullValue it is a value.
    mutating func takesValue(
        _ number: UInt32, _ protoName: StaticString, of type: Any.Type = Never.self
    ) -> Bool {
        guard takes(number, protoName) else { return false }
        if type == ProtoValue.self || type == NullValue.self { return true }
        guard let isNull = attempt({ reader throws(JSONError) in try reader.nullIfNext() }) else {
            return false
        }
        if isNull { nextName() }
        return !isNull
    }

    mutating func elements(_ read: (inout JSONFieldReader) -> Void) {
        guard attempt({ reader throws(JSONError) in try reader.beginArray() }) != nil else {
            return
        }
        while attempt({ reader throws(JSONError) in try reader.nextElement() }) == true {
            read(&self)
        }
    }

    mutating func entries<K: MapKey>(
        _ keys: K.Type, _ read: (inout JSONFieldReader, K.Value) -> Void
    ) {
        guard attempt({ reader throws(JSONError) in try reader.beginObject() }) != nil else {
            return
        }
        while let text = attempt({ reader throws(JSONError) in try reader.nextName() }) ?? nil {
            guard let key = K.value(of: text) else {
                return fail("the key is not a valid \(K.kind)")
            }
            nested { read(&$0, key) }
        }
    }
}

extension WireError {
    init(_ error: JSONError) {
        let code: Code =
            switch error.code {
            case .duplicateName: .duplicateField
            case .tooDeep: .tooDeep
            default: .invalidJSON
            }
        self.init(code, offset: error.offset, path: error.path, detail: error.message)
    }
}
