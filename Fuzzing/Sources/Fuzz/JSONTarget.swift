import JSON

/// JSON documents: what is read is written in a way that reads the same; what is passed over is
/// checked as what is read.
enum JSONTarget {
    static func run(_ input: UnsafeRawBufferPointer) {
        let bytes = [UInt8](input)
        let value = try? JSONValue(parsing: bytes)
        require((value != nil) == passesOver(bytes), "passed over and read give different results")
        guard let value else { return }
        let written = value.bytes
        guard let again = try? JSONValue(parsing: written) else {
            finding("written as \(String(decoding: written, as: UTF8.self))")
        }
        require(again == value && again.hashValue == value.hashValue, "read differently again")
        require(again.bytes == written, "written differently again")
        check(value)
    }

    private static func passesOver(_ bytes: [UInt8]) -> Bool {
        do throws(JSONError) {
            var reader = try JSONReader(bytes)
            try reader.skip()
            try reader.end()
            return true
        } catch {
            return false
        }
    }

    /// A number's conversions agree with each other.
    private static func check(_ value: JSONValue) {
        switch value {
        case .null, .bool, .string: return
        case .array(let elements): elements.forEach(check)
        case .object(let members): members.forEach { check($0.value) }
        case .number(let number):
            guard let same = JSONNumber(number.text) else { finding("\(number.text) is no number") }
            require(same == number, "\(number.text) is another number")
            if let integer = number.int64 {
                require(JSONNumber(integer) == number, "\(number.text) is not \(integer)")
                require(
                    integer < 0 || number.uint64 == UInt64(integer), "\(number.text) has a sign")
            }
            if let double = number.double, let back = JSONNumber(double) {
                require(back.double == double, "\(double) is read as \(back.text)")
            }
            _ = number.float
        }
    }
}
