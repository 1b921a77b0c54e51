import JSON
import Testing

@Suite struct JSONNumberTests {
    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("12", 12), ("1e2", 100), ("1.5e1", 15), ("120e-1", 12),
            ("5.000", 5), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("-922337203685477580.8e1", .min), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("1.5", nil), ("1e-1", nil), ("1e19", nil),
            ("1e99999999999999999999", nil), ("0e99", 0), ("0.0", 0),
        ] as [(String, Int64?)])
    func convertsToInt64(_ text: String, _ value: Int64?) throws {
        #expect(try #require(JSONNumber(text)).int64 == value)
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("18446744073709551615", .max), ("18446744073709551616", nil),
            ("1844674407370955161.5e1", .max), ("-1", nil), ("1e19", 10_000_000_000_000_000_000),
            ("1e20", nil), ("-0.0", 0),
        ] as [(String, UInt64?)])
    func convertsToUInt64(_ text: String, _ value: UInt64?) throws {
        #expect(try #require(JSONNumber(text)).uint64 == value)
    }

    @Test func convertsToFloatingPoint() throws {
        #expect(JSONNumber("0.1")?.double == 0.1)
        #expect(JSONNumber("-1.7976931348623157e308")?.double == -.greatestFiniteMagnitude)
        #expect(try #require(JSONNumber("1e400")).double == nil)
        #expect(JSONNumber("5e-324")?.double == .leastNonzeroMagnitude)
        #expect(JSONNumber("0.1")?.float == 0.1)
        #expect(try #require(JSONNumber("1e39")).float == nil)
        #expect(JSONNumber(Double.nan) == nil)
        #expect(JSONNumber(-Double.infinity) == nil)
    }

    @Test(arguments: ["", " 1", "1 ", "1,2", "NaN", "+1", "01", "1e", "\"1\"", "1x"])
    func refusesOtherText(_ text: String) {
        #expect(JSONNumber(text) == nil)
    }

    @Test func comparesNumbersExactly() throws {
        let same = try ["100", "1e2", "100.0", "1000e-1", "0.01E4"].map {
            try #require(JSONNumber($0))
        }
        #expect(Set(same).count == 1)
        #expect(JSONNumber("-0") == JSONNumber("0.0"))
        #expect(JSONNumber("9007199254740993") != JSONNumber("9007199254740992"))
        #expect(JSONNumber("1") != JSONNumber("-1"))
        #expect(JSONNumber("1e9999999999999999999") == JSONNumber("1e9999999999999999999"))
        #expect(JSONNumber("1e9999999999999999999") != JSONNumber("1e9999999999999999998"))
    }
}
