import ArgumentParser

/// Measures a running platform.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures a running platform.",
        subcommands: [BenchBookingCommand.self, BenchHoldsCommand.self])
}
