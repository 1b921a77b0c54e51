/// A process that the supervisor keeps running.
struct ProcessSpec: Sendable {
    /// Short name: of its log file, of its pid file, on the terminal.
    var name: String
    /// The program; looked up in PATH where it has no slash.
    var executable: String
    /// What it is called in lists of processes.
    var title: String
    var arguments: [String]
    /// The whole environment.
    var environment: [String: String]
    /// Time between the request to stop (SIGTERM) and the kill.
    var patience = Duration.seconds(20)
    /// Time from its first start until it must be ready.
    var startDeadline = Duration.seconds(60)
    /// Whether it does its work now. Asked often; answers within seconds; honours cancellation.
    var probe: @Sendable () async -> Bool
}
