/// proto3's JSON name of a field: underscores go, and the letter after one is a capital.
package func jsonName(of protoName: StaticString) -> String {
    protoName.withUTF8Buffer { source in
        String(unsafeUninitializedCapacity: source.count) { target in
            var count = 0
            forEachJSONByte(source) { byte in
                target[count] = byte
                count += 1
                return true
            }
            return count
        }
    }
}

/// True where the name is the field's JSON name or its own; both are read.
func isName(_ name: String, of protoName: StaticString) -> Bool {
    var name = name
    return name.withUTF8 { name in
        protoName.withUTF8Buffer { source in
            if name.elementsEqual(source) { return true }
            var count = 0
            forEachJSONByte(source) { byte in
                guard count < name.count, name[count] == byte else {
                    count = .max
                    return false
                }
                count += 1
                return true
            }
            return count == name.count
        }
    }
}

/// Gives the bytes of the JSON name until it is told to stop.
private func forEachJSONByte(_ name: UnsafeBufferPointer<UInt8>, _ body: (UInt8) -> Bool) {
    var raise = false
    for byte in name {
        if byte == UInt8(ascii: "_") {
            raise = true
        } else {
            let isLower = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
            guard body(raise && isLower ? byte - 0x20 : byte) else { return }
            raise = false
        }
    }
}
