import CLibFuzzer
import Wire

/// Messages in the wire format: what is read is written in a way that reads the same, and takes
/// memory in proportion to its bytes.
///
/// An input is two bytes that choose a type, and a message.
enum MessagesTarget {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let (type, bytes) = MessageTypes.choose(input) else { return }
        check(type, bytes)
    }

    private static func check<M: Message>(_ type: M.Type, _ bytes: [UInt8]) {
        let before = __sanitizer_get_current_allocated_bytes()
        guard let message = try? M(serialized: bytes) else { return }
        let taken = Int(__sanitizer_get_current_allocated_bytes()) - Int(before)
        // Arrays and dictionaries grow in steps of two.
        let most = 2 * Limits.elementBytesMax(inputBytes: bytes.count) + 64 * bytes.count + 16_384
        require(taken <= most, "\(bytes.count) bytes take \(taken) as \(M.protoName)")

        let written = message.serialized()
        guard let again = try? M(serialized: written) else {
            finding("\(M.protoName) is written as something else")
        }
        require(again.serialized() == written, "\(M.protoName) is read differently again")
        var merged = message
        require(
            (try? merged.merge(serialized: written.span)) != nil, "\(M.protoName) does not merge")
        JSONMessagesTarget.checkJSON(of: message)
    }
}

/// Messages in JSON: what is read is written in a way that reads the same, in both formats.
///
/// An input is two bytes that choose a type, and a document.
enum JSONMessagesTarget {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let (type, bytes) = MessageTypes.choose(input) else { return }
        check(type, bytes)
    }

    private static func check<M: Message>(_ type: M.Type, _ json: [UInt8]) {
        let options = JSONDecodingOptions(types: MessageTypes.known)
        let lenient = JSONDecodingOptions(ignoresUnknownFields: true, types: MessageTypes.known)
        let tolerated = try? M(json: json, options: lenient)
        guard let message = try? M(json: json, options: options) else { return }
        require(tolerated != nil, "\(M.protoName) is refused where unknown fields are ignored")
        let written = message.serialized()
        guard let again = try? M(serialized: written) else {
            finding("\(M.protoName) is written as something else")
        }
        require(again.serialized() == written, "\(M.protoName) is read differently again")
        checkJSON(of: message)
    }

    /// What can be written as JSON reads the same.
    static func checkJSON<M: Message>(of message: M) {
        for writesZeroValues in [false, true] {
            let options = JSONEncodingOptions(
                writesZeroValues: writesZeroValues, types: MessageTypes.known)
            let json: [UInt8]
            do throws(WireError) {
                json = try message.jsonBytes(options: options)
            } catch {
                require(error.code == .notRepresentable, "\(M.protoName): \(error)")
                return
            }
            do throws(WireError) {
                let again = try M(
                    json: json, options: JSONDecodingOptions(types: MessageTypes.known))
                require(
                    try again.jsonBytes(options: options) == json,
                    "\(M.protoName) is read differently from \(String(decoding: json, as: UTF8.self))"
                )
            } catch {
                finding("\(M.protoName): \(error) in \(String(decoding: json, as: UTF8.self))")
            }
        }
    }
}
