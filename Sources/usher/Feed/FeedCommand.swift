import ArgumentParser

/// The feeds that services follow, for operators.
struct FeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feed",
        abstract: "Shows, releases and gives up feed entries that could not be applied; positions.",
        discussion: """
            Each service follows the feeds of others. An entry that it cannot apply is parked, and \
            later entries of the same key (a booking, an event) with it; all others go on. Mend the \
            cause, then release them; or give one up, if it must never take effect.

            An entry is named CONSUMER/FEED/POSITION: notification/booking/1234 is entry 1234 of \
            booking's feed, parked in notification.

            Examples:
              usher feed parked
              usher feed parked --on notification --entries
              usher feed release notification/booking/1234
              usher feed release notification/booking --key bkg_…
              usher feed discard notification/booking/1234 --reason "a test booking, no such buyer"
              usher feed position notification/booking
            """,
        subcommands: [
            FeedParkedCommand.self, FeedReleaseCommand.self, FeedDiscardCommand.self,
            FeedPositionCommand.self,
        ])
}

/// What is parked.
struct FeedParkedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parked",
        abstract: "Lists the entries that are parked, and how far each feed has been applied.")

    @Option(help: ArgumentHelp("Only what this service follows.", valueName: "service"))
    var on: String?

    @Option(help: ArgumentHelp("Only this service's feed.", valueName: "service"))
    var feed: String?

    @Option(help: ArgumentHelp("Only entries about this.", valueName: "key"))
    var key: String?

    @Flag(help: "Show the entries themselves, as JSON; they may hold personal data.")
    var entries = false

    @OptionGroup var folders: FolderOptions

    func run() async throws {
        try await FeedOperations.run {
            let operations = try FeedOperations(folders)
            try await operations.list(on: on, feed: feed, key: key, withEntries: entries)
        }
    }
}

/// Applies parked entries.
struct FeedReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Applies the parked entries of a key, in order, until one fails again.",
        discussion: """
            CONSUMER/FEED/POSITION applies the entries of that entry's key up to it; CONSUMER/FEED \
            with --key applies all of the key. Each is a transaction of its own. Exit code 1 where \
            one fails again: it stays parked, with those behind it.
            """)

    @Argument(help: "CONSUMER/FEED/POSITION, or CONSUMER/FEED with --key.")
    var entry: FeedEntryName

    @Option(help: ArgumentHelp("All entries about this.", valueName: "key"))
    var key: String?

    @OptionGroup var folders: FolderOptions

    func validate() throws {
        guard (key == nil) != (entry.position == nil), key != "" else {
            throw ValidationError(
                "Name an entry (CONSUMER/FEED/POSITION), or CONSUMER/FEED and --key.")
        }
    }

    func run() async throws {
        try await FeedOperations.run {
            let operations = try FeedOperations(folders)
            try await operations.release(entry, key: key)
        }
    }
}

/// Gives a parked entry up.
struct FeedDiscardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "Gives a parked entry up: it will never be applied.",
        discussion: """
            The entry is kept with the reason in the service's database (feed_discarded), and the \
            service logs it. Entries behind it stay parked: release them.
            """)

    @Argument(help: "CONSUMER/FEED/POSITION.")
    var entry: FeedEntryName

    @Option(help: ArgumentHelp("Why; 1 to 500 characters, kept.", valueName: "text"))
    var reason: String

    @OptionGroup var folders: FolderOptions

    func validate() throws {
        guard entry.position != nil else {
            throw ValidationError("Name one entry: CONSUMER/FEED/POSITION.")
        }
        guard (1...500).contains(reason.count) else {
            throw ValidationError("--reason says why in 1 to 500 characters.")
        }
    }

    func run() async throws {
        try await FeedOperations.run {
            let operations = try FeedOperations(folders)
            try await operations.discard(entry, because: reason)
        }
    }
}

/// CONSUMER/FEED or CONSUMER/FEED/POSITION.
struct FeedEntryName: ExpressibleByArgument, Equatable {
    /// The service that follows the feed.
    let consumer: String
    /// The service whose feed it is.
    let feed: String
    /// Its place there; nil where none is named.
    let position: UInt64?

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
            .map(String.init)
        guard (2...3).contains(parts.count), !parts[0].isEmpty, !parts[1].isEmpty else {
            return nil
        }
        if parts.count == 3 {
            guard let position = UInt64(parts[2]), position > 0 else {
                return nil
            }
            self.position = position
        } else {
            position = nil
        }
        (consumer, feed) = (parts[0], parts[1])
    }
}
