import Testing

@testable import usher

@Suite("Ports")
struct PortsTests {
    @Test("free ports are different and free")
    func free() throws {
        let ports = try Ports.free(20, host: "127.0.0.1")
        #expect(Set(ports).count == 20)
        #expect(ports.allSatisfy { (1...65_535).contains($0) })
    }

    @Test("listeners of a port are found in the kernel's table, connections are not")
    func table() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1
               1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 12 1
               2: 00000000000000000000000001000000:1F90 00000000:0000 0A 0:0 00:0 0     0        0 13 1
               3: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 14 1
            """
        #expect(
            Ports.listeningInodes(inTable: table, port: 8080) == ["socket:[11]", "socket:[13]"])
        #expect(Ports.listeningInodes(inTable: table, port: 8082).isEmpty)
        #expect(Ports.listeningInodes(inTable: "", port: 8080).isEmpty)
    }

    @Test("a host that is no address of this machine is refused")
    func host() {
        let error = #expect(throws: StartError.self) {
            try Ports.check(host: "192.0.2.1", port: 8080, option: "--port")
        }
        #expect(error?.advice.contains("--host") == true)
    }
}
