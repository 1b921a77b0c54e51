/// Bytes of a document, with zeros behind them: a zero is never part of a token, so that scanning
/// needs no other bounds.
final class Input {
    let base: UnsafeMutablePointer<UInt8>

    init(_ bytes: [UInt8]) {
        base = UnsafeMutablePointer.allocate(capacity: bytes.count + 8)
        bytes.withUnsafeBufferPointer {
            if let start = $0.baseAddress { base.update(from: start, count: $0.count) }
        }
        (base + bytes.count).update(repeating: 0, count: 8)
    }

    deinit {
        base.deallocate()
    }
}

extension JSONReader {
    mutating func skipWhiteSpace() {
        var next = position
        while true {
            switch base[next] {
            case 0x20, 0x0A, 0x0D, 0x09: next &+= 1
            default:
                position = next
                return
            }
        }
    }

    func text(from start: Int, to end: Int) -> String {
        String(
            decoding: UnsafeBufferPointer(start: base + start, count: end - start), as: UTF8.self)
    }

    /// Says what stands here instead of what is wanted.
    func unexpected(_ wanted: String) -> JSONError {
        error(.syntax, "\(wanted) is wanted, not \(found())")
    }

    private func found() -> String {
        let byte = base[position]
        if position >= count { return "the end of the document" }
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            var end = position
            while end < position + 20, isWordByte(base[end]) { end += 1 }
            return "\"\(text(from: position, to: end))\""
        case 0x21...0x7E:
            return "\"\(text(from: position, to: position + 1))\""
        default:
            return "byte 0x" + String(byte, radix: 16)
        }
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    mutating func scanWord(_ word: StaticString) throws(JSONError) {
        var length = 0
        while length < word.utf8CodeUnitCount, base[position + length] == word.utf8Start[length] {
            length += 1
        }
        guard length == word.utf8CodeUnitCount, !isWordByte(base[position + length]) else {
            throw unexpected("a value")
        }
        position += length
    }

    /// RFC 8259 section 6.
    mutating func scanNumber() throws(JSONError) {
        if base[position] == UInt8(ascii: "-") { position += 1 }
        if base[position] == UInt8(ascii: "0") {
            position += 1
            guard !isDigit(base[position]) else {
                throw error(.syntax, "a number must not begin with a zero")
            }
        } else {
            try scanDigits()
        }
        if base[position] == UInt8(ascii: ".") {
            position += 1
            try scanDigits()
        }
        if base[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if base[position] == UInt8(ascii: "+") || base[position] == UInt8(ascii: "-") {
                position += 1
            }
            try scanDigits()
        }
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }

    private mutating func scanDigits() throws(JSONError) {
        guard isDigit(base[position]) else { throw unexpected("a digit") }
        var next = position + 1
        while isDigit(base[next]) { next &+= 1 }
        position = next
    }

    /// Reads a string whose quote stands here.
    mutating func scanString() throws(JSONError) -> String {
        let start = position + 1
        var end = start
        var nonASCII: UInt8 = 0
        while true {
            let byte = base[end]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") { return try scanEscapedString(from: start) }
            if byte < 0x20 { throw badByte(at: end) }
            nonASCII |= byte
            end &+= 1
        }
        if nonASCII >= 0x80 { try validateUTF8(from: start, to: end) }
        position = end + 1
        return text(from: start, to: end)
    }

    private func badByte(at offset: Int) -> JSONError {
        let message =
            offset >= count
            ? "the document ends inside a string" : "a control character in a string"
        return JSONError(.syntax, offset: offset, path: path, message)
    }

    private mutating func scanEscapedString(from start: Int) throws(JSONError) -> String {
        var buffer: [UInt8] = []
        var run = start
        var end = start
        while true {
            let byte = base[end]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                try validateUTF8(from: run, to: end)
                buffer.append(contentsOf: UnsafeBufferPointer(start: base + run, count: end - run))
                if byte == UInt8(ascii: "\"") { break }
                try scanEscape(at: &end, into: &buffer)
                run = end
            } else if byte < 0x20 {
                throw badByte(at: end)
            } else {
                end += 1
            }
        }
        position = end + 1
        return String(decoding: buffer, as: UTF8.self)
    }

    private func scanEscape(at offset: inout Int, into buffer: inout [UInt8]) throws(JSONError) {
        let escape = base[offset + 1]
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(escape)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try scanUnicodeEscape(at: &offset)
            buffer.append(contentsOf: Array(String(scalar).utf8))
            return
        default:
            if offset + 1 >= count { throw badByte(at: offset + 1) }
            throw JSONError(.syntax, offset: offset, path: path, "no such escape")
        }
        offset += 2
    }

    private func scanUnicodeEscape(at offset: inout Int) throws(JSONError) -> Unicode.Scalar {
        let first = try hex(at: offset + 2)
        if let scalar = Unicode.Scalar(first) {
            offset += 6
            return scalar
        }
        let isHigh = first < 0xDC00
        if isHigh, base[offset + 6] == UInt8(ascii: "\\"), base[offset + 7] == UInt8(ascii: "u") {
            let second = try hex(at: offset + 8)
            if (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + second - 0xDC00)
            {
                offset += 12
                return scalar
            }
        }
        throw JSONError(.syntax, offset: offset, path: path, "half a surrogate pair")
    }

    private func hex(at offset: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for index in offset..<offset + 4 {
            let byte = base[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"):
                value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default:
                throw JSONError(.syntax, offset: index, path: path, "\\u wants four hex digits")
            }
        }
        return value
    }

    /// RFC 3629 section 4: no overlong forms, no surrogates, nothing beyond U+10FFFF.
    private func validateUTF8(from start: Int, to end: Int) throws(JSONError) {
        var next = start
        while next < end {
            let byte = base[next]
            if byte < 0x80 {
                next &+= 1
                continue
            }
            var low: UInt8 = 0x80
            var high: UInt8 = 0xBF
            let length: Int
            switch byte {
            case 0xC2...0xDF: length = 2
            case 0xE0...0xEF:
                length = 3
                if byte == 0xE0 { low = 0xA0 }
                if byte == 0xED { high = 0x9F }
            case 0xF0...0xF4:
                length = 4
                if byte == 0xF0 { low = 0x90 }
                if byte == 0xF4 { high = 0x8F }
            default: throw JSONError(.syntax, offset: next, path: path, "not UTF-8")
            }
            guard next + length <= end, low <= base[next + 1], base[next + 1] <= high,
                length < 3 || base[next + 2] & 0xC0 == 0x80,
                length < 4 || base[next + 3] & 0xC0 == 0x80
            else { throw JSONError(.syntax, offset: next, path: path, "not UTF-8") }
            next += length
        }
    }
}
