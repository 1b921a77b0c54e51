/// Connects and authenticates within the time limit, on the calling thread. `whileWaiting` runs
/// before each wait and after each: it throws to give up, or says when it wants to run again.
func connectedSocket(
    _ configuration: RedisConfiguration, wakeUp: borrowing WakeUp,
    whileWaiting: () throws(RedisError) -> ContinuousClock.Instant?
) throws(RedisError) -> RedisSocket {
    let deadline = ContinuousClock.now + configuration.connectTimeout
    var socket = try RedisSocket(configuration)
    var isConnected = false
    while !isConnected {
        let soonest = earlier(deadline, try whileWaiting())
        let ready = wakeUp.wait(socket: socket.descriptor, forWriting: true, until: soonest)
        isConnected = ready.canWrite
        try checkTime(deadline, "connecting took too long")
    }
    try socket.checkConnected()

    let greetings = configuration.greetings
    guard !greetings.isEmpty else { return socket }
    try socket.append(EncodedCommands(greetings))
    var answers = 0
    while answers < greetings.count {
        if socket.hasUnwrittenBytes { try socket.write() }
        let soonest = earlier(deadline, try whileWaiting())
        let ready = wakeUp.wait(
            socket: socket.descriptor, forWriting: socket.hasUnwrittenBytes, until: soonest)
        if ready.canRead { _ = try socket.read() }
        while let reply = try socket.nextReply() {
            answers += 1
            if case .error(let text) = reply {
                throw RedisError(.notConnected, text, mayHaveRun: false)
            }
        }
        try checkTime(deadline, "authenticating took too long")
    }
    return socket
}

private func checkTime(
    _ deadline: ContinuousClock.Instant, _ message: String
) throws(RedisError) {
    if ContinuousClock.now >= deadline {
        throw RedisError(.notConnected, message, mayHaveRun: false)
    }
}

extension RedisConfiguration {
    /// What is said first on every connection.
    fileprivate var greetings: [[RedisArgument]] {
        guard let password else { return [] }
        if let username { return [["AUTH", .text(username), .text(password)]] }
        return [["AUTH", .text(password)]]
    }
}
