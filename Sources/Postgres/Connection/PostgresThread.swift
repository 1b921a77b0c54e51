import CLinux
import Glibc

/// A detached thread for calls that block.
enum PostgresThread {
    /// Runs `body` on a new thread. Fails when the system has no more of them.
    static func start(_ body: @escaping @Sendable () -> Void) throws(PostgresError) {
        let box = unsafe Unmanaged.passRetained(Body(body))
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let failure = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                body.run()
                return nil
            },
            box.toOpaque())
        if failure != 0 {
            unsafe box.release()
            throw PostgresError(.connectFailed, "No thread for a connection: error \(failure).")
        }
    }

    /// Runs `body`, which may block, on a thread of its own and waits for it without blocking.
    static func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try start { continuation.resume(with: Result { try body() }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}

/// Waits for one socket and one eventfd.
enum Descriptors {
    static let readable = Int16(POLLIN)
    static let writable = Int16(POLLOUT)

    /// What happened to each, 0 when the time passed; nil `until` is no limit. A negative
    /// descriptor is ignored.
    static func wait(
        socket: Int32, events: Int16, wake: Int32, until: ContinuousClock.Instant?
    ) -> (socket: Int16, wake: Int16) {
        var timeout: Int32 = -1
        if let until {
            timeout = Int32(clamping: (until - ContinuousClock.now).wholeMilliseconds)
        }
        var descriptors = [
            pollfd(fd: socket, events: events, revents: 0),
            pollfd(fd: wake, events: readable, revents: 0),
        ]
        let count = unsafe poll(&descriptors, 2, timeout)
        // EINTR and the like: the caller's loop looks at everything again.
        guard count > 0 else { return (0, 0) }
        return (descriptors[0].revents, descriptors[1].revents)
    }
}
