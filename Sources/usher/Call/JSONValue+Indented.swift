import JSON

extension JSONValue {
    /// With line breaks and indents of two spaces.
    var indented: String { indented(by: "") }

    private func indented(by indent: String) -> String {
        let inner = indent + "  "
        func lines(_ open: String, _ parts: [String], _ close: String) -> String {
            parts.isEmpty
                ? open + close
                : open + "\n" + parts.map { inner + $0 }.joined(separator: ",\n") + "\n" + indent
                    + close
        }
        switch self {
        case .object(let members):
            return lines(
                "{",
                members.map { member in
                    String(decoding: JSONValue.string(member.name).bytes, as: UTF8.self) + ": "
                        + member.value.indented(by: inner)
                }, "}")
        case .array(let elements):
            return lines("[", elements.map { $0.indented(by: inner) }, "]")
        default:
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
