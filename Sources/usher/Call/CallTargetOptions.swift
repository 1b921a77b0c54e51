import ArgumentParser
import Configuration
import Descriptors
import Foundation
import Logging
import RPC
import ServiceKit

/// Whom to call, and by which contracts.
struct CallTargetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Process to call, where the method does not tell (Health): auth, event, …",
            valueName: "process"))
    var on: String?

    @Option(
        help: ArgumentHelp(
            "unix:PATH or tcp:HOST:PORT of a server, instead of a platform that `usher up` runs "
                + "(TLS as for services: USHER_TLS_ROOTS, …).", valueName: "address"))
    var address: String?

    @Option(
        help: ArgumentHelp(
            "File with the contracts (a FileDescriptorSet), for servers that do not tell them.",
            valueName: "file"))
    var descriptors: String?

    /// A method with all that is needed to call it.
    struct Found {
        let method: CallableMethod
        let descriptors: DescriptorSet
        /// Those that may be meant; one, unless something more must be said.
        let servers: [ReflectedServer]
        /// Those that could not be asked whether they have it too.
        let silent: [ServerAnswers.Silent]

        /// - Throws: `StartError` where it is not clear whom to call.
        var client: RPCClient {
            get throws {
                guard let server = servers.first else {
                    throw StartError(
                        "Nothing runs here that could be called.",
                        advice: "Say --address unix:PATH or tcp:HOST:PORT.")
                }
                guard servers.count == 1 else {
                    let names = servers.map(\.name).joined(separator: ", ")
                    throw StartError(
                        "Which process is to be called?", advice: "Say --on with one of: \(names).")
                }
                return server.client
            }
        }
    }

    /// The servers that may be meant. With --descriptors there may be none.
    func servers(_ folders: FolderOptions, timeout: Duration) throws -> [ReflectedServer] {
        if let address {
            let place = try RPCAddress(configured: address, of: "--address")
            let config = ConfigReader(provider: EnvironmentVariablesProvider())
            let tls = TLSSettings(
                config, logger: Logger(label: "usher") { _ in SwiftLogNoOpLogHandler() })
            return [
                ReflectedServer(
                    name: address, client: try tls.makeClient(of: place), timeout: timeout)
            ]
        }
        let sockets: [String: String]
        do {
            sockets = try folders.readyReport().sockets
        } catch {
            guard descriptors != nil else { throw error }
            return []
        }
        if let on, sockets[on] == nil {
            let known = sockets.keys.sorted().joined(separator: ", ")
            throw StartError("There is no process \(on).", advice: "There are: \(known).")
        }
        return sockets.sorted { $0.key < $1.key }.filter { on == nil || $0.key == on }.map {
            ReflectedServer(
                name: $0.key, client: RPCClient(address: .unix($0.value)), timeout: timeout)
        }
    }

    /// Everything that the file has, or the servers that tell; of the others, why they do not.
    ///
    /// - Throws: `StartError` where none of them tells.
    func catalogue(
        of servers: [ReflectedServer]
    ) async throws -> (ServiceCatalogue, silent: [ServerAnswers.Silent]) {
        if let set = try readDescriptors() { return (ServiceCatalogue(set), []) }
        let answers = try await ServerAnswers(of: servers)
        return (answers.catalogue, answers.silent)
    }

    /// Finds a method and its server. Servers that do not tell what they answer are left out.
    ///
    /// - Throws: `StartError` that says what there is instead, and who could not be asked.
    func find(_ name: MethodName, among servers: [ReflectedServer]) async throws -> Found {
        // "auth/GetMe" tells the process.
        let named = servers.filter { $0.name == name.service }
        let asked = named.isEmpty ? servers : named
        if let set = try readDescriptors() {
            let method = try ServiceCatalogue(set).method(named: name)
            let owners = asked.filter { method.service.contains(".\($0.name).") }
            return Found(
                method: method, descriptors: set, servers: owners.isEmpty ? asked : owners,
                silent: [])
        }
        let answers = try await ServerAnswers(of: asked)
        let method = try answers.looking { try $0.method(named: name) }
        let owners = answers.told.filter { (try? $0.catalogue.method(named: name)) != nil }
        guard let owner = owners.first?.server else {
            throw StartError("Nothing runs here that could be called.")
        }
        return Found(
            method: method, descriptors: try await owner.descriptors(),
            servers: owners.map(\.server), silent: answers.silent)
    }

    private func readDescriptors() throws -> DescriptorSet? {
        guard let descriptors else { return nil }
        guard let data = FileManager.default.contents(atPath: descriptors) else {
            throw StartError("Cannot read \(descriptors).")
        }
        do {
            return try DescriptorSet(serialized: Array(data))
        } catch {
            throw StartError(
                "\(descriptors) is no descriptor set: \(error.message)",
                advice: "`protoc --include_imports --descriptor_set_out` makes one.")
        }
    }
}
