import Foundation
import ServiceKit
import Testing

@Suite("Ids")
struct TypeIDTests {
    /// Vectors of the TypeID specification (spec/valid.yml, spec/invalid.yml).
    @Test(
        "text and UUID, both ways",
        arguments: [
            ("00000000000000000000000000", "00000000-0000-0000-0000-000000000000"),
            ("00000000000000000000000001", "00000000-0000-0000-0000-000000000001"),
            ("0000000000000000000000000g", "00000000-0000-0000-0000-000000000010"),
            ("7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
            ("0123456789abcdefghjkmnpqrs", "0110c853-1d09-52d8-d73e-1194e95b5f19"),
            ("01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057"),
        ])
    func vectors(_ text: String, _ uuid: String) throws {
        let uuid = try #require(UUID(uuidString: uuid))
        #expect(EventID(uuid: uuid).description == "evt_" + text)
        #expect(EventID("evt_" + text)?.uuid == uuid)
    }

    @Test(
        "what is no id of this kind is none",
        arguments: [
            "", "evt_", "evt", "01h455vb4pex5vsknk084sn02q", "bkg_01h455vb4pex5vsknk084sn02q",
            "evt_01h455vb4pex5vsknk084sn02", "evt_01h455vb4pex5vsknk084sn02qq",
            "evt_8zzzzzzzzzzzzzzzzzzzzzzzzz", "evt_01h455vb4pex5vsknk084sn02u",
            "evt_01H455VB4PEX5VSKNK084SN02Q", "evt-01h455vb4pex5vsknk084sn02q",
            "evt_01h455vb4pex5vsknk084sn0é", " evt_01h455vb4pex5vsknk084sn02q",
        ])
    func invalid(_ text: String) {
        #expect(EventID(text) == nil)
    }

    @Test("new ids are version 7, differ, and sort by the time they were made")
    func order() {
        let then = Date(timeIntervalSince1970: 1_700_000_000.123)
        let earlier = BookingID(at: then)
        let later = BookingID(at: then.addingTimeInterval(0.001))
        #expect(earlier.description < later.description)
        #expect(earlier.uuid.uuid.6 >> 4 == 7)
        #expect(earlier.uuid.uuid.8 >> 6 == 2)
        #expect(abs(earlier.madeAt.timeIntervalSince(then)) < 0.001)
        #expect(Set((0..<1_000).map { _ in BookingID(at: then) }).count == 1_000)
    }
}
