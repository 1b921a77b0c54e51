import Testing

@testable import usher

@Suite("Ports")
struct PortsTests {
    @Test("reserved ports: a server can listen, another reservation gets others")
    func reserve() throws {
        let first = try Ports.reserve(200, host: "127.0.0.1")
        let second = try Ports.reserve(200, host: "127.0.0.1")
        #expect(Set(first.ports + second.ports).count == 400)
        for port in first.ports.prefix(20) {
            #expect((1...65_535).contains(port))
            // Throws where nobody can listen.
            try Ports.check(host: "127.0.0.1", port: port, option: "--port")
        }
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
