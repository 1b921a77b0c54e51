import Testing
import Wire

struct FieldMaskTests {
    @Test(
        arguments: [
            ([], ""), (["a"], "a"), (["hold_id"], "holdId"), (["a_b.c_d", "e1"], "aB.cD,e1"),
            (["a_b_c"], "aBC"),
        ] as [([String], String)])
    func writesAndReadsPaths(_ paths: [String], _ text: String) throws {
        let mask = FieldMask(paths: paths)
        #expect(try mask.jsonBytes() == Array("\"\(text)\"".utf8))
        #expect(try FieldMask(json: Array("\"\(text)\"".utf8)) == mask)
    }

    /// Each would come back as another path.
    @Test(arguments: ["aB", "a__b", "a_1", "a_", "_", "a b", "a,b", "é", "", "a_.b"])
    func refusesToWrite(_ path: String) {
        let error = #expect(throws: WireError.self) { try FieldMask(paths: [path]).jsonBytes() }
        #expect(error?.code == .notRepresentable)
    }

    @Test(arguments: [#""a_b""#, #""a,,b""#, #"",""#, #""a b""#, #""é""#, "null", "1", "[]", "{}"])
    func refusesToRead(_ json: String) {
        let error = #expect(throws: WireError.self) { try FieldMask(json: Array(json.utf8)) }
        #expect(error?.code == .invalidJSON)
    }
}
