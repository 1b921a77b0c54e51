import Testing

@testable import RPC

@Suite("Route table")
struct RouteTableTests {
    private func find(_ service: String, _ method: String, in table: RouteTable) -> Int? {
        let bytes = Array(service.utf8) + Array(method.utf8)
        let end = service.utf8.count
        return bytes.withUnsafeBytes {
            table.index(service: 0..<end, method: end..<bytes.count, in: $0)
        }
    }

    @Test("every method is found, and nothing else")
    func find() {
        let names = (0..<200).map { (service: "s.S\($0 / 7)", method: "M\($0)") }
        let table = RouteTable(names)
        for (index, name) in names.enumerated() {
            #expect(find(name.service, name.method, in: table) == index)
            #expect(find(name.service + "x", name.method, in: table) == nil)
            #expect(find(name.service, name.method + "x", in: table) == nil)
        }
        #expect(find("", "", in: table) == nil)
        #expect(find("s.S0/M", "0", in: table) == nil)
    }
}
