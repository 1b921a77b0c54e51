import Foundation
import Glibc
import SystemPackage

/// TCP ports of this machine.
enum Ports {
    /// Checks that a port can be listened on.
    ///
    /// - Parameter option: what to say where it cannot: the option that chooses another one.
    /// - Throws: `StartError` that names whoever has it, where that can be seen.
    static func check(host: String, port: Int, option: String) throws {
        guard let code = try bind(host: host, port: port) else {
            return
        }
        switch code {
        case EADDRINUSE:
            let holder = holder(ofPort: port).map { " by \($0)" } ?? ""
            throw StartError(
                "Port \(port) of \(host) is in use\(holder).",
                advice: "Choose another one with \(option), or stop what uses it.")
        case EACCES:
            throw StartError(
                "Port \(port) needs more rights than this user has.",
                advice: "Choose one above 1023 with \(option).")
        default:
            throw StartError(
                "Cannot listen on \(host):\(port): \(Errno(rawValue: code)).",
                advice: "Choose an address of this machine with --host.")
        }
    }

    /// Ports that nobody else gets: see `reserve`.
    final class Reservation: Sendable {
        /// Each one different.
        let ports: [Int]
        private let sockets: [Int32]

        fileprivate init(_ reserved: [(socket: Int32, port: Int)]) {
            ports = reserved.map(\.port)
            sockets = reserved.map(\.socket)
        }

        deinit {
            sockets.forEach { _ = close($0) }
        }
    }

    /// Ports that are free now, and stay so for whoever is told of them to listen on, which may
    /// take until a database is made: sockets that are bound and do not listen keep them. A
    /// server that shares addresses (SO_REUSEADDR, as all of ours do) can listen beside such a
    /// socket; another reservation, which does not, finds the port in use.
    ///
    /// They are looked for below those that the system gives to outgoing connections (32,768 and
    /// up).
    static func reserve(_ count: Int, host: String) throws -> Reservation {
        var reserved: [(socket: Int32, port: Int)] = []
        do {
            for _ in 0..<count { reserved.append(try reserveSomewhere(host: host)) }
        } catch {
            reserved.forEach { _ = close($0.socket) }
            throw error
        }
        return Reservation(reserved)
    }

    private static func reserveSomewhere(host: String) throws -> (socket: Int32, port: Int) {
        for _ in 0..<50 {
            do {
                return try open(host: host, port: .random(in: 20_000..<32_768), listens: false)
            } catch let error as POSIXError where error.code == .EADDRINUSE {
                continue
            }
        }
        return try open(host: host, port: 0, listens: false)
    }

    /// Tries to bind; nil = it worked, else errno.
    private static func bind(host: String, port: Int) throws -> Int32? {
        do {
            let (socket, _) = try open(host: host, port: port, listens: true)
            close(socket)
            return nil
        } catch let error as POSIXError {
            return error.code.rawValue
        }
    }

    /// A socket that listens as a server does, or one that keeps its port.
    ///
    /// - Throws: `POSIXError` from the system, `StartError` for a host without an address.
    private static func open(
        host: String, port: Int, listens: Bool
    ) throws -> (socket: Int32, port: Int) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0,
            let address = unsafe found
        else {
            throw StartError(
                "\(host) is no address of this machine.", advice: "Choose another one with --host.")
        }
        defer { unsafe freeaddrinfo(address) }
        let socket = unsafe socket(
            address.pointee.ai_family,
            Int32(SOCK_STREAM.rawValue)
                | Int32(SOCK_CLOEXEC.rawValue), 0)
        // As servers do: connections that are just closing do not count.
        if listens { share(socket) }
        guard
            unsafe Glibc.bind(socket, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
            !listens || Glibc.listen(socket, 1) == 0
        else {
            let code = errno
            close(socket)
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO)
        }
        // From now on a server may listen beside it.
        if !listens { share(socket) }
        var name = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let port = unsafe withUnsafeMutablePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = unsafe getsockname(socket, address, &length)
            }
            // The port is at the same place for IPv4 and IPv6.
            return unsafe pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                Int(UInt16(bigEndian: unsafe $0.pointee.sin_port))
            }
        }
        return (socket, port)
    }

    private static func share(_ socket: Int32) {
        var yes: Int32 = 1
        unsafe setsockopt(
            socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// "process 123 (nginx)" for whoever listens on a port; nil where it cannot be seen (the
    /// processes of others are hidden from all but root).
    static func holder(ofPort port: Int) -> String? {
        let inodes = Set(
            ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { file in
                listeningInodes(
                    inTable: String(
                        decoding: FileManager.default.contents(atPath: file) ?? Data(),
                        as: UTF8.self), port: port)
            })
        guard !inodes.isEmpty else {
            return nil
        }
        let files = FileManager.default
        for pid in ((try? files.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(pid_t.init)
        {
            let folder = "/proc/\(pid)/fd"
            for entry in (try? files.contentsOfDirectory(atPath: folder)) ?? [] {
                if let target = try? files.destinationOfSymbolicLink(atPath: "\(folder)/\(entry)"),
                    inodes.contains(target)
                {
                    return "process \(pid) (\(ProcessIdentity.programName(of: pid) ?? "?"))"
                }
            }
        }
        return nil
    }

    /// "socket:[123]" for every listening socket of a port in a table like /proc/net/tcp (proc(5)).
    static func listeningInodes(inTable table: String, port: Int) -> [String] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            // 0A = TCP_LISTEN
            guard fields.count > 9, fields[3] == "0A",
                let colon = fields[1].lastIndex(of: ":"),
                Int(fields[1][fields[1].index(after: colon)...], radix: 16) == port
            else {
                return nil
            }
            return "socket:[\(fields[9])]"
        }
    }
}
