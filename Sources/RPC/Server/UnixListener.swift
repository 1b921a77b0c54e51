import Glibc
import NIOCore
import NIOPosix
import SystemPackage

/// A bound unix socket, readable and writable by its owner alone from its first moment.
struct UnixListener: Sendable {
    let descriptor: CInt
    private let path: String
    private let inode: Inode

    /// Replaces a socket file only when nobody answers on it.
    static func bind(path: String, group: any EventLoopGroup) async throws(RPCServerError)
        -> UnixListener
    {
        guard !path.isEmpty, path.utf8.count <= RPCAddress.unixPathSizeMax else {
            throw .socketPathTooLong(path)
        }
        if let status = try? Self.status(path) {
            guard status.type == .socket else { throw .notASocket(path) }
            if await isAnswered(path: path, group: group) { throw .addressInUse(path) }
            _ = unlink(path)
        }
        return try bind(path: path)
    }

    private static func isAnswered(path: String, group: any EventLoopGroup) async -> Bool {
        let connecting = ClientBootstrap(group: group).connectTimeout(.seconds(1))
            .connect(unixDomainSocketPath: path)
        do {
            try await connecting.get().close().get()
            return true
        } catch let error as IOError {
            return error.errnoCode != ECONNREFUSED && error.errnoCode != ENOENT
        } catch {
            // A full backlog: somebody is there.
            return true
        }
    }

    private static func bind(path: String) throws(RPCServerError) -> UnixListener {
        let descriptor = socket(
            AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system("socket", errno) }
        // Linux gives the file the mode of the descriptor: there is no moment with a wider one.
        guard fchmod(descriptor, 0o600) == 0 else { throw failure("fchmod", descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw failure("bind", descriptor) }
        do {
            let inode = try status(path).inode
            return UnixListener(descriptor: descriptor, path: path, inode: inode)
        } catch {
            close(descriptor)
            throw .system("lstat", error.rawValue)
        }
    }

    /// Of the file itself, never of what a symbolic link names.
    private static func status(_ path: String) throws(Errno) -> Stat {
        try Stat(FilePath(path), followTargetSymlink: false)
    }

    private static func failure(_ call: String, _ descriptor: CInt) -> RPCServerError {
        let code = errno
        close(descriptor)
        return .system(call, code)
    }

    /// Removes the socket file, unless another server has put its own there.
    func removeFile() {
        if let status = try? Self.status(path), status.inode == inode { _ = unlink(path) }
    }
}
