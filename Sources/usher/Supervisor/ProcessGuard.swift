import Foundation
import Glibc
import SystemPackage

/// Runs one server, stops it when standard input ends or a stop signal comes, and says how it
/// ended. Blocks its thread, which must be the only one of the process at first.
struct ProcessGuard {
    /// The program (looked up in PATH) and its arguments.
    var arguments: [String]
    var stopSignal: Int32
    var patienceSeconds: UInt32

    private static let watched = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD, SIGALRM]

    /// - Returns: the server's exit code, or 128 and the number of the signal that ended it.
    /// - Throws: `StartError` where the server cannot be started.
    func run() throws -> Int32 {
        // An ignored signal would never reach sigwait.
        for number in Self.watched {
            signal(number, SIG_DFL)
        }
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        for number in Self.watched {
            unsafe sigaddset(&mask, number)
        }
        unsafe pthread_sigmask(SIG_BLOCK, &mask, nil)
        let child = try spawn()
        Thread.detachNewThread {
            Self.waitForEndOfInput()
            kill(getpid(), SIGTERM)
        }
        return wait(for: child, mask: &mask)
    }

    private func wait(for child: pid_t, mask: inout sigset_t) -> Int32 {
        while true {
            var number: Int32 = 0
            guard unsafe sigwait(&mask, &number) == 0 else {
                continue
            }
            switch number {
            case SIGCHLD:
                var status: Int32 = 0
                guard unsafe waitpid(child, &status, WNOHANG) == child else {
                    continue
                }
                let signal = status & 0x7f
                return signal == 0 ? (status >> 8) & 0xff : 128 + signal
            case SIGALRM:
                kill(child, SIGKILL)
            case SIGQUIT:
                kill(child, SIGQUIT)
            default:
                kill(child, stopSignal)
                alarm(patienceSeconds)
            }
        }
    }

    static func waitForEndOfInput() {
        var byte: UInt8 = 0
        while true {
            let count = unsafe read(STDIN_FILENO, &byte, 1)
            if count == 0 || (count < 0 && errno != EINTR) {
                return
            }
        }
    }

    /// Spawned by this thread, which lives as long as the process: the parent-death signal goes by
    /// the thread.
    private func spawn() throws -> pid_t {
        guard let program = arguments.first else {
            throw StartError("there is no server to run")
        }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        var pointers: [UnsafeMutablePointer<CChar>?] =
            unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer {
            unsafe pointers.forEach { unsafe free($0) }
        }
        var child: pid_t = 0
        let code = unsafe posix_spawnp(
            &child, program, &actions, &attributes, &pointers, environ)
        guard code == 0 else {
            throw StartError(
                "cannot run \(program): \(Errno(rawValue: code))")
        }
        return child
    }
}
