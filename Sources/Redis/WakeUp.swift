import CLinux
import Glibc

/// An eventfd that pulls a thread out of `poll`.
struct WakeUp: ~Copyable, Sendable {
    let descriptor: Int32

    init() {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        precondition(descriptor >= 0, "no descriptor left for an eventfd")
    }

    func ring() {
        var one: UInt64 = 1
        _ = unsafe write(descriptor, &one, 8)
    }

    func reset() {
        var count: UInt64 = 0
        _ = unsafe read(descriptor, &count, 8)
    }

    deinit {
        _ = close(descriptor)
    }
}

/// What a wait ended with.
struct Readiness {
    var canRead = false
    var canWrite = false
}

extension WakeUp {
    /// Blocks the calling thread until the socket is ready, somebody rings, or the instant passes.
    /// A broken socket counts as readable and writable: the next call on it gives the reason.
    func wait(
        socket: Int32?, forWriting: Bool, until deadline: ContinuousClock.Instant?
    ) -> Readiness {
        var entries = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        if let socket {
            let events = forWriting ? POLLIN | POLLOUT : POLLIN
            entries.append(pollfd(fd: socket, events: Int16(events), revents: 0))
        }
        let ready = unsafe poll(&entries, UInt(entries.count), Self.timeoutMs(until: deadline))
        guard ready > 0 else { return Readiness() }
        if entries[0].revents != 0 { reset() }
        guard entries.count > 1 else { return Readiness() }
        let events = Int32(entries[1].revents)
        let broken = events & (POLLERR | POLLHUP | POLLNVAL) != 0
        return Readiness(
            canRead: broken || events & POLLIN != 0, canWrite: broken || events & POLLOUT != 0)
    }

    private static func timeoutMs(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let left = deadline - .now
        guard left > .zero else { return 0 }
        // Rounded up: waking a little early would spin.
        let (seconds, attoseconds) = left.components
        return Int32(min(seconds, 60) * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}

/// Runs the body on a thread of its own, which the body's return ends.
func startThread(_ body: sending @escaping () -> Void) {
    final class Box {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }
    let box = unsafe Unmanaged.passRetained(Box(body))
    var thread = pthread_t()
    let failure = unsafe pthread_create(
        &thread, nil,
        { pointer in
            guard let pointer = unsafe pointer else { return nil }
            // A write to a closed socket shall be an error, not the end of the process.
            var signals = sigset_t()
            unsafe sigemptyset(&signals)
            unsafe sigaddset(&signals, SIGPIPE)
            unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
            unsafe Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body()
            return nil
        }, box.toOpaque())
    precondition(failure == 0, "no thread could be started")
    pthread_detach(thread)
}
