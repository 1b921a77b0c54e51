import ArgumentParser

/// Where a feed is read on from.
struct FeedPositionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "position",
        abstract: "Shows how far a feed was read, or names the entry to go on from.",
        discussion: """
            A service remembers the last entry that it has read of a feed. Where that feed's database was \
            restored from a backup or made anew, the entry is gone from it, and nothing is read on. Bring \
            the databases into line first (docs/operating.md, Feeds); then name the last entry that the \
            service is to have had.

            Examples:
              usher feed position notification/booking
              usher feed position notification/booking --set 1200 --reason "booking restored"
              usher feed position notification/booking --start --reason "booking made anew"
              usher feed position notification/booking --end --reason "brought into line by hand"
            """)

    @Argument(help: "CONSUMER/FEED.")
    var feed: FeedEntryName

    @Option(help: ArgumentHelp("The last entry it is to have had.", valueName: "number"))
    var set: UInt64?

    @Flag(help: "All entries are to be applied, from the first.")
    var start = false

    @Flag(help: "All entries that are there now count as applied.")
    var end = false

    @Option(help: ArgumentHelp("Why it is set; 1 to 500 characters, logged.", valueName: "text"))
    var reason: String?

    @Flag(
        help: """
            Set it though the feed has what was read of it: entries are then left out, or applied again.
            """)
    var anyway = false

    @OptionGroup var folders: FolderOptions

    func validate() throws {
        guard feed.position == nil else {
            throw ValidationError("Name a feed, not an entry: CONSUMER/FEED.")
        }
        let targets = [set != nil, start, end].count { $0 }
        guard targets <= 1 else {
            throw ValidationError("One of --set, --start and --end is enough.")
        }
        guard targets == 1 else {
            guard reason == nil, !anyway else {
                throw ValidationError("Say what it is set to: --set NUMBER, --start or --end.")
            }
            return
        }
        guard (1...500).contains(reason?.count ?? 0) else {
            throw ValidationError("--reason says why in 1 to 500 characters.")
        }
    }

    func run() async throws {
        try await FeedOperations.run {
            let operations = try FeedOperations(folders)
            guard set != nil || start || end else {
                return try await operations.showPosition(of: feed)
            }
            try await operations.setPosition(
                of: feed, to: end ? nil : set ?? 0, because: reason ?? "", anyway: anyway)
        }
    }
}
