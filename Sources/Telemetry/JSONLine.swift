import Logging

/// One JSON object on one line, built member by member.
struct JSONLine {
    static let entriesMax = 64
    static let valueBytesMax = 8192
    static let depthMax = 8

    private var bytes: [UInt8] = [UInt8(ascii: "{")]
    private var names: Set<String> = []

    /// A second member of the same name is written as "metadata.NAME".
    mutating func add(_ name: String, _ value: String) {
        addName(name)
        Self.append(value, to: &bytes)
    }

    /// Nested dictionaries become dotted names, arrays become JSON arrays.
    mutating func add(_ metadata: Logger.Metadata) {
        var left = Self.entriesMax
        add(metadata, prefix: "", depth: 0, left: &left)
    }

    /// The line with its newline.
    consuming func finished() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func add(
        _ metadata: Logger.Metadata, prefix: String, depth: Int, left: inout Int
    ) {
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            guard left > 0 else { return }
            if case .dictionary(let inner) = value, depth < Self.depthMax {
                add(inner, prefix: "\(prefix)\(key).", depth: depth + 1, left: &left)
                continue
            }
            left -= 1
            addName(prefix + key)
            Self.append(value, depth: depth, to: &bytes)
        }
    }

    private mutating func addName(_ name: String) {
        let free = names.insert(name).inserted ? name : "metadata.\(name)"
        names.insert(free)
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        Self.append(free, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    private static func append(_ value: Logger.MetadataValue, depth: Int, to bytes: inout [UInt8]) {
        guard case .array(let values) = value, depth < depthMax else {
            append("\(value)", to: &bytes)
            return
        }
        bytes.append(UInt8(ascii: "["))
        for (index, element) in values.prefix(entriesMax).enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(element, depth: depth + 1, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// A JSON string (RFC 8259); what is longer than `valueBytesMax` ends in "…".
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var size = 0
        for scalar in text.unicodeScalars {
            size += UTF8.width(scalar)
            guard size <= valueBytesMax else {
                bytes.append(contentsOf: "…".utf8)
                break
            }
            switch scalar {
            case "\"": bytes.append(contentsOf: "\\\"".utf8)
            case "\\": bytes.append(contentsOf: "\\\\".utf8)
            case "\n": bytes.append(contentsOf: "\\n".utf8)
            case "\r": bytes.append(contentsOf: "\\r".utf8)
            case "\t": bytes.append(contentsOf: "\\t".utf8)
            case "\u{0}"..<"\u{20}", "\u{7f}", "\u{2028}", "\u{2029}":
                let code = String(scalar.value, radix: 16)
                let zeros = String(repeating: "0", count: 4 - code.count)
                bytes.append(contentsOf: "\\u\(zeros)\(code)".utf8)
            default:
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
