import Testing

@testable import NotificationService

@Suite("Tickets")
struct TicketTests {
    @Test("secrets are 128 bits in base32, and no two are alike")
    func secrets() {
        var generator = SystemRandomNumberGenerator()
        let secrets = (0..<1_000).map { _ in TicketSecret.make(using: &generator) }
        #expect(Set(secrets).count == 1_000)
        let digits = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        for secret in secrets {
            #expect(secret.hasPrefix("USHER1:") && secret.count == 33)
            #expect(secret.dropFirst(7).allSatisfy(digits.contains))
        }
        // Every digit but the last, which has three bits of its own, takes all 32 values.
        for index in 7..<32 {
            #expect(Set(secrets.map { Array($0)[index] }).count == 32)
        }
    }

    @Test("the base32 of known bits is RFC 4648's")
    func vector() {
        struct Fixed: RandomNumberGenerator {
            var words: [UInt64]
            mutating func next() -> UInt64 { words.removeFirst() }
        }
        var generator = Fixed(words: [0x0001_0203_0405_0607, 0x0809_0a0b_0c0d_0e0f])
        #expect(TicketSecret.make(using: &generator) == "USHER1:AAAQEAYEAUDAOCAJBIFQYDIOB4")
    }

    @Test("a code has finder patterns in three corners and a quiet zone")
    func code() throws {
        let code = try QRCode("USHER1:AAAQEAYEAUDAOCAJBIFQYDIOB4")
        #expect(code.side >= 21 && (code.side - 17) % 4 == 0)
        #expect(code.modules.count == code.side * code.side)
        let finder = [
            "1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111",
        ]
        let last = code.side - 7
        for (top, left) in [(0, 0), (0, last), (last, 0)] {
            for (row, line) in finder.enumerated() {
                for (column, bit) in line.enumerated() {
                    #expect(
                        code.modules[(top + row) * code.side + left + column] == (bit == "1"))
                }
            }
        }
        let svg = code.svg(title: "Row <1> & seat 2")
        #expect(svg.hasPrefix("<svg xmlns"))
        #expect(svg.contains("viewBox=\"0 0 \(code.side + 8) \(code.side + 8)\""))
        #expect(svg.contains("<title>Row &lt;1&gt; &amp; seat 2</title>"))
    }

    @Test("a text that fits no code is an error")
    func tooLong() {
        #expect(throws: QRCode.TooLong.self) {
            try QRCode(String(repeating: "x", count: 8_000))
        }
    }
}
