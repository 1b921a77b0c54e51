/// Which process listens where.
struct PortPlan: Sendable {
    /// Page and API.
    var http: Int
    /// The simulated payment provider's API.
    var provider: Int
    /// Metrics and health, by process.
    var admin: [String: Int]
    /// Keeps those that nobody chose for whom they were chosen for.
    private let reservation: Ports.Reservation

    /// Processes with an admin port, in the order of their ports.
    static let names =
        ["gateway"] + ServiceTable.databaseServices + ["provider"]

    /// Chooses the ports and checks that they are free.
    ///
    /// - Throws: `StartError` for one that is in use.
    init(_ settings: UpSettings) throws {
        let count = Self.names.count
        reservation = try Ports.reserve(count + 2, host: settings.host)
        let free = reservation.ports
        http = settings.port == 0 ? free[count + 1] : settings.port
        if settings.port != 0 {
            try Ports.check(host: settings.host, port: settings.port, option: "--port")
        }
        let base = settings.adminPortBase
        let ports = base == 0 ? free : (0...count).map { base + $0 }
        if base != 0 {
            for port in ports {
                try Ports.check(host: Self.adminHost, port: port, option: "--admin-port-base")
            }
        }
        admin = Dictionary(uniqueKeysWithValues: zip(Self.names, ports))
        provider = ports[count]
    }

    /// Metrics are for this machine alone.
    static let adminHost = "127.0.0.1"
}
