import RPC
import Testing

@Suite("Trace parent")
struct TraceParentTests {
    @Test("a valid header gives its trace id")
    func valid() throws {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let parent = try #require(TraceParent(text))
        #expect(parent.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect(parent.text == text)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ])
    func invalid(text: String) {
        #expect(TraceParent(text) == nil)
    }
}
