import CQREncode

/// A QR code (ISO/IEC 18004), drawn by libqrencode.
struct QRCode {
    /// Modules on a side, without the quiet zone.
    let side: Int
    /// Row by row; true = dark.
    let modules: [Bool]

    /// Why a text has no code.
    struct TooLong: Error {}

    /// Encodes a text with error correction level M (15 %).
    ///
    /// - Throws: `TooLong` where it does not fit.
    init(_ text: String) throws(TooLong) {
        let code = unsafe text.withCString { text in
            unsafe QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1)
        }
        guard let code = unsafe code else {
            throw TooLong()
        }
        defer { unsafe QRcode_free(code) }
        side = unsafe Int(code.pointee.width)
        var modules: [Bool] = []
        modules.reserveCapacity(side * side)
        for index in 0..<side * side {
            // The lowest bit is the colour; the others tell what the module is for.
            unsafe modules.append(code.pointee.data[index] & 1 == 1)
        }
        self.modules = modules
    }

    /// The code as a picture that scales, with the quiet zone of four modules that readers need.
    ///
    /// - Parameter title: for people who do not see it.
    func svg(title: String) -> String {
        let quiet = 4
        let size = side + 2 * quiet
        var path = ""
        for row in 0..<side {
            var column = 0
            while column < side {
                guard modules[row * side + column] else {
                    column += 1
                    continue
                }
                let start = column
                while column < side, modules[row * side + column] {
                    column += 1
                }
                path += "M\(start + quiet) \(row + quiet)h\(column - start)v1h-\(column - start)z"
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size) \(size)" \
            width="\(size * 8)" height="\(size * 8)" role="img" shape-rendering="crispEdges">\
            <title>\(Self.escape(title))</title>\
            <rect width="\(size)" height="\(size)" fill="#fff"/>\
            <path d="\(path)" fill="#000"/></svg>
            """
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
    }
}
