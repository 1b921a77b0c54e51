import JSON

/// google.protobuf.FieldMask: fields by their paths. In JSON one string, in the names of JSON:
/// `hold.holdId,places`.
package struct FieldMask: Message {
    package static let protoName = "google.protobuf.FieldMask"
    /// Paths in the names of the .proto: `hold.hold_id`.
    package var paths: [String] = []
    package var unknownFields = UnknownFields()

    package init() {}

    /// The given paths, in the names of the .proto.
    package init(paths: [String]) {
        self.paths = paths
    }

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "paths", &paths)
    }

    package static var hasJSONForm: Bool { true }

    package mutating func encodeJSON(to writer: inout JSONFieldWriter) {
        var names: [String] = []
        for path in paths {
            guard let name = Self.jsonPath(of: path) else {
                return writer.fail("a FieldMask with a path that would not be the same again")
            }
            names.append(name)
        }
        writer.json.string(names.joined(separator: ","))
    }

    package mutating func decodeJSON(from reader: inout JSONFieldReader) {
        guard let text = reader.attempt({ json throws(JSONError) in try json.string() }) else {
            return
        }
        if text.isEmpty { return }
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let path = Self.path(ofJSON: name) else {
                return reader.fail("paths like hold.holdId,places are wanted")
            }
            paths.append(path)
        }
    }

    /// `hold.hold_id` → `hold.holdId`; nil where the way back would lead elsewhere.
    private static func jsonPath(of path: String) -> String? {
        var name: [UInt8] = []
        var raise = false
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                name.append(raise ? byte - 0x20 : byte)
                raise = false
            case UInt8(ascii: "_") where !raise: raise = true
            case UInt8(ascii: "0")...UInt8(ascii: "9") where !raise,
                UInt8(ascii: ".") where !raise:
                name.append(byte)
            default: return nil
            }
        }
        return raise || name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }

    /// `hold.holdId` → `hold.hold_id`; nil for anything that is no such name.
    private static func path(ofJSON name: Substring) -> String? {
        var path: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                path.append(UInt8(ascii: "_"))
                path.append(byte + 0x20)
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."):
                path.append(byte)
            default: return nil
            }
        }
        return path.isEmpty ? nil : String(decoding: path, as: UTF8.self)
    }
}
