import RPC
import Testing

@Suite("Metadata")
struct MetadataTests {
    @Test("keys ignore case, repeat and stay in order")
    func keys() {
        var metadata: Metadata = ["Authorization": "a", "X": "1", "x": "2"]
        #expect(metadata["AUTHORIZATION"] == "a")
        #expect(metadata["x"] == "1")
        #expect(metadata.values(for: "X") == ["1", "2"])
        #expect(metadata.map(\.key) == ["authorization", "x", "x"])
        metadata["X"] = "3"
        #expect(metadata.values(for: "x") == ["3"])
        metadata["x"] = nil
        #expect(metadata["x"] == nil)
        #expect(metadata.count == 1)
    }
}
