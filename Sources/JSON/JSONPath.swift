/// Paths as people write them: `zones[2].rows[5].seats[11].category`.
package enum JSONPath {
    /// The path with one more member; a name that would be misread is quoted: `a["b.c"]`.
    package static func appending(name: String, to path: String) -> String {
        let plain =
            !name.isEmpty && name.utf8.count <= 100
            && name.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                    UInt8(ascii: "$"), UInt8(ascii: "@"):
                    true
                default: false
                }
            }
        guard !plain else { return path.isEmpty ? name : path + "." + name }
        var writer = JSONWriter()
        writer.string(name.unicodeScalars.count > 100 ? name.prefix(100) + "…" : name)
        return path + "[" + String(decoding: writer.bytes, as: UTF8.self) + "]"
    }

    /// The path with one more index.
    package static func appending(index: Int, to path: String) -> String {
        "\(path)[\(index)]"
    }
}
