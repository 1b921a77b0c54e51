package import JSON

/// A price category.
package struct PlanCategory: Equatable, Sendable {
    /// 1 to 200 characters, unique in the plan; seats name it.
    package var name: String
    /// A CSS colour: `#rgb` to `#rrggbbaa`, `rgb(…)`, `rgba(…)` or a colour's name.
    package var color: String?
    /// The object `x-usher`, as it was.
    package var usher: JSONValue?
    var order = MemberOrder<Member>()

    /// A category.
    package init(name: String = "", color: String? = nil, usher: JSONValue? = nil) {
        self.name = name
        self.color = color
        self.usher = usher
    }

    enum Member: UInt8, PlanMember {
        case name, color, usher
        static let names = ["name", "color", "x-usher"]
    }

    /// Price of a place in minor units of `currency`; nil when the plan has none.
    package var priceMinor: Int64? { usher?["price_minor"]?.number?.int64 }

    /// ISO 4217, e.g. "EUR"; nil when the plan has none.
    package var currency: String? { usher?["currency"]?.string }

    /// The colour as `#rrggbb`, in lower case; nil when it was not written in hex digits.
    package var hexColor: String? {
        guard let color, color.hasPrefix("#"), PlanColor.isValid(color) else { return nil }
        let digits = color.dropFirst().lowercased()
        return digits.count < 6
            ? "#" + digits.prefix(3).map { "\($0)\($0)" }.joined() : "#" + digits.prefix(6)
    }
}

/// Colours end in style attributes of the seat map: nothing that could be more than a colour.
enum PlanColor {
    static func isValid(_ color: String) -> Bool {
        let bytes = Array(color.utf8)
        if bytes.first == UInt8(ascii: "#") {
            return [4, 5, 7, 9].contains(bytes.count) && bytes.dropFirst().allSatisfy(isHexDigit)
        }
        if !bytes.isEmpty, bytes.count <= 30, bytes.allSatisfy(isLetter) { return true }
        guard bytes.count <= 60, bytes.last == UInt8(ascii: ")"),
            let inner = ["rgb(", "rgba("].first(where: color.hasPrefix)
        else { return false }
        return bytes.dropFirst(inner.utf8.count).dropLast().allSatisfy {
            ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || " ,.%/".utf8.contains($0)
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
