import ArgumentParser
import Configuration
import Foundation

/// Asks every process of a running platform whether it works.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Asks every process of a running platform whether it works.",
        discussion: "Exit code 0 where all are ready, 1 where one is not or nothing runs.")

    @OptionGroup var folders: FolderOptions

    func run() async throws {
        let report: ReadyReport
        do {
            report = try folders.readyReport()
        } catch {
            Progress().failure(error)
            throw ExitCode.failure
        }
        var allReady = true
        for (name, url) in report.adminURLs.sorted(by: { $0.key < $1.key }) {
            let answer = await HealthProbe.ask(url)
            allReady = allReady && answer.isReady
            let name = name.padding(toLength: 14, withPad: " ", startingAt: 0)
            print(name, answer.isReady ? "ready" : "NOT READY: \(answer.body)")
        }
        if !allReady {
            throw ExitCode.failure
        }
    }
}

/// Which platform is meant.
struct FolderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder that keeps everything (USHER_DATA_FOLDER; default /var/lib/usher for root, "
                + "else ./.usher).", valueName: "folder"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Short folder for sockets (USHER_RUN_FOLDER; default one in /run, XDG_RUNTIME_DIR or "
                + "/tmp, named after the data folder).", valueName: "folder"))
    var run: String?

    private var config: ConfigReader {
        ConfigReader(providers: [
            InMemoryProvider(name: "command line", values: values),
            EnvironmentVariablesProvider(),
        ])
    }

    /// Folder of the installation's keys (USHER_SECRETS_FOLDER, else the running platform's).
    ///
    /// - Throws: `StartError` where neither is there.
    func secretsFolder() throws -> String {
        if let folder = config.string(forKey: "usher.secrets.folder") { return folder }
        return try readyReport().secretsFolder
    }

    /// Where the running platform's parts are.
    ///
    /// - Throws: `StartError` where it does not run.
    func readyReport() throws -> ReadyReport {
        let settings = try UpSettings(
            config: config, isRoot: Privileges.isRoot,
            currentFolder: FileManager.default.currentDirectoryPath)
        return try .read(from: RunFolder(path: settings.runFolder).readyFile)
    }

    /// As configuration values.
    var values: [AbsoluteConfigKey: ConfigValue] {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        if let data {
            values["usher.data.folder"] = .init(.string(data), isSecret: false)
        }
        if let run {
            values["usher.run.folder"] = .init(.string(run), isSecret: false)
        }
        return values
    }
}
