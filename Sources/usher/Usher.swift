import ArgumentParser

/// The one executable of the platform.
@main
struct Usher: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usher",
        abstract: "Sells reserved seats: each seat to exactly one buyer.",
        version: "0.1.0",
        subcommands: [
            UpCommand.self, ServeCommand.self, MigrateCommand.self, HealthCommand.self,
            CallCommand.self, FeedCommand.self, BenchCommand.self, GuardCommand.self,
        ])

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == GuardCommand.configuration.commandName {
            // Straight away and on the main thread: the guard blocks signals for all threads, so
            // there must be no other thread yet.
            GuardCommand.main(Array(arguments.dropFirst()))
            return
        }
        await main(arguments)
    }
}
