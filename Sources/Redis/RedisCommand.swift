/// A command of a pipeline: plain, or a script by its digest.
package struct RedisCommand: Sendable {
    let arguments: [RedisArgument]
    let fallback: [RedisArgument]?

    /// A plain command, e.g. `["SET", "key", "value"]`; at least one argument.
    package init(_ arguments: [RedisArgument]) {
        self.arguments = arguments
        self.fallback = nil
    }

    /// A script with its keys and arguments.
    package init(_ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]) {
        let tail = [RedisArgument(keys.count)] + keys + arguments
        self.arguments = ["EVALSHA", .text(script.sha1)] + tail
        self.fallback = ["EVAL", .text(script.source)] + tail
    }
}

/// Commands laid out for hiredis: all arguments in one buffer, and their lengths.
struct EncodedCommands: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var argumentLengths: [Int] = []
    private(set) var argumentCounts: [Int] = []

    init(_ commands: [[RedisArgument]]) {
        argumentCounts.reserveCapacity(commands.count)
        for command in commands {
            argumentCounts.append(command.count)
            argumentLengths.reserveCapacity(argumentLengths.count + command.count)
            for argument in command {
                let start = bytes.count
                switch argument {
                case .text(let text): bytes.append(contentsOf: text.utf8)
                case .bytes(let value): bytes.append(contentsOf: value)
                case .integer(let value): bytes.append(contentsOf: String(value).utf8)
                }
                argumentLengths.append(bytes.count - start)
            }
        }
    }

    var count: Int { argumentCounts.count }
}
