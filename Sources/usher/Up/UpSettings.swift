import Configuration
import Foundation

/// What `usher up` was asked for: command line, then environment, then default.
struct UpSettings: Sendable, Equatable {
    /// Everything that is kept.
    var dataFolder: String
    /// Sockets and pid files.
    var runFolder: String
    /// Address and port of the page and the API.
    var host: String
    var port: Int
    /// First of the ports for metrics and health.
    var adminPortBase: Int
    var adminEmail: String
    var logLevel: String
    var demo: Bool

    /// The host as it stands in a URL that works on this machine.
    var urlHost: String {
        if host == "0.0.0.0" || host == "::" {
            return "127.0.0.1"
        }
        return host.contains(":") ? "[\(host)]" : host
    }

    /// Ports above the base that are used.
    static let adminPortCount = 16

    /// Configuration keys:
    /// - `usher.data.folder` (`/var/lib/usher` for root, else `./.usher`)
    /// - `usher.run.folder` (a short folder named after the data folder)
    /// - `usher.http.host` (127.0.0.1), `usher.http.port` (8080; 0 = any free one)
    /// - `usher.admin.port.base` (9100; 0 = free ones)
    /// - `usher.first.admin.email` (admin@usher.localhost)
    /// - `usher.log.level` (info)
    /// - `usher.demo` (false)
    ///
    /// - Throws: `StartError` for a value that cannot be.
    init(config: ConfigReader, isRoot: Bool, currentFolder: String) throws {
        let data = config.string(
            forKey: "usher.data.folder", default: isRoot ? "/var/lib/usher" : ".usher")
        dataFolder =
            URL(fileURLWithPath: data, relativeTo: URL(fileURLWithPath: currentFolder + "/"))
            .standardizedFileURL.path
        runFolder = config.string(
            forKey: "usher.run.folder",
            default: RunFolder.defaultPath(
                dataFolder: dataFolder, isRoot: isRoot,
                userFolder: ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"]))
        host = config.string(forKey: "usher.http.host", default: "127.0.0.1")
        port = config.int(forKey: "usher.http.port", default: 8080)
        adminPortBase = config.int(forKey: "usher.admin.port.base", default: 9100)
        adminEmail = config.string(
            forKey: "usher.first.admin.email", default: "admin@usher.localhost")
        logLevel = config.string(forKey: "usher.log.level", default: "info")
        demo = config.bool(forKey: "usher.demo", default: false)
        guard (0...65_535).contains(port) else {
            throw StartError("The port \(port) cannot be.", advice: "Choose --port 1 to 65535.")
        }
        guard adminPortBase == 0 || (1...65_535 - Self.adminPortCount).contains(adminPortBase)
        else {
            throw StartError(
                "The port base \(adminPortBase) cannot be.",
                advice: "Choose --admin-port-base 1 to \(65_535 - Self.adminPortCount).")
        }
    }
}
