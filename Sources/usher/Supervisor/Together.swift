import ServiceLifecycle

/// Services that need no order among themselves: they start together and stop together.
struct Together: Service {
    let members: [any Service]

    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for member in members {
                group.addTask { try await member.run() }
            }
        }
    }
}
