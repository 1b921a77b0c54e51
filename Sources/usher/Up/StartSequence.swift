import ServiceLifecycle

/// Starts the platform's processes one after another. The last service of the group, so that it is
/// the first to stop.
struct StartSequence: Service {
    let platform: Platform

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await platform.start()
                try await gracefulShutdown()
            }
        } catch  where Task.isShuttingDownGracefully {
            // What the steps throw when they are cancelled.
        }
        platform.removeReadyFile()
    }
}
