package import Configuration
import Foundation
package import Logging
package import RPC

/// Where a service finds what it works with. Read from the command line and the environment, so
/// that `usher up`, a systemd unit and a test set it alike.
package struct ServiceEnvironment: Sendable {
    /// The service that this is for: "auth", "event", "booking", "payment", "notification".
    package let service: String
    /// Folder of the unix sockets, short enough for their 107 bytes.
    package let runFolder: String
    /// Folder for what a service keeps in files (the outbox of mails).
    package let dataFolder: String
    /// libpq connection string of the service's own database.
    package let database: String
    /// Unix socket of Redis; nil where the service needs none.
    package let redisSocket: String?
    /// What services share and outsiders must not have.
    package let secrets: Secrets
    /// TLS on tcp addresses.
    package let tls: TLSSettings
    /// For the process.
    package let logger: Logger
    /// Everything else; keys begin with `usher.`.
    package let config: ConfigReader

    /// Reads the environment of one service.
    ///
    /// Configuration keys:
    /// - `usher.run.folder` (required): folder of the unix sockets.
    /// - `usher.data.folder` (required): folder of files.
    /// - `usher.<service>.database` (required): libpq connection string.
    /// - `usher.redis.socket`: path of Redis' unix socket.
    /// - `usher.secrets.folder` (`<data folder>/secrets`): see `Secrets`.
    /// - `usher.<service>.address`: `unix:PATH` or `tcp:HOST:PORT` where that service is called;
    ///   `unix:<run folder>/<service>.sock` when absent.
    /// - `usher.tls.…`: see `TLSSettings`.
    ///
    /// - Throws: a configuration error that names the missing key.
    package init(service: String, config: ConfigReader, logger: Logger) throws {
        self.service = service
        self.config = config
        self.logger = logger
        tls = TLSSettings(config, logger: logger)
        runFolder = try config.requiredString(forKey: "usher.run.folder")
        dataFolder = try config.requiredString(forKey: "usher.data.folder")
        database = try config.requiredString(
            forKey: ConfigKey(["usher", service, "database"]), isSecret: true)
        redisSocket = config.string(forKey: "usher.redis.socket")
        secrets = try Secrets(
            folder: config.string(
                forKey: "usher.secrets.folder", default: dataFolder + "/secrets"))
    }

    /// Where a service is called.
    ///
    /// - Parameter service: its name.
    /// - Throws: `ServiceStartError` where the configured address cannot be read.
    package func address(of service: String) throws -> RPCAddress {
        try Self.address(of: service, runFolder: runFolder, config: config)
    }

    /// Where a service is called, for whoever is no service (the gateway, the command line).
    package static func address(
        of service: String, runFolder: String, config: ConfigReader
    ) throws -> RPCAddress {
        guard let text = config.string(forKey: ConfigKey(["usher", service, "address"])) else {
            return .unix("\(runFolder)/\(service).sock")
        }
        return try RPCAddress(configured: text, of: "usher.\(service).address")
    }
}

extension RPCAddress {
    /// Reads `unix:PATH` or `tcp:HOST:PORT`.
    ///
    /// - Parameter setting: what says so, for the error.
    /// - Throws: `ServiceStartError` where it is neither.
    package init(configured text: String, of setting: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        if parts.count == 2, parts[0] == "unix" {
            self = .unix(parts[1])
        } else if parts.count == 2, parts[0] == "tcp", let colon = parts[1].lastIndex(of: ":"),
            let port = UInt16(parts[1][parts[1].index(after: colon)...])
        {
            self = .tcp(host: String(parts[1][..<colon]), port: Int(port))
        } else {
            throw ServiceStartError(
                "\(setting) is \"\(text)\"; write unix:PATH or tcp:HOST:PORT")
        }
    }
}

/// Why a service does not start; the text says what to do.
package struct ServiceStartError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
