/// What servers tell of themselves, asked all at once: one that is down keeps nobody from what the
/// others have.
struct ServerAnswers: Sendable {
    /// A server that has told.
    struct Told: Sendable {
        let server: ReflectedServer
        let catalogue: ServiceCatalogue
    }

    /// A server that could not be asked.
    struct Silent: Sendable {
        /// As people name it.
        let server: String
        let error: any Error

        /// For people, on standard error: what is left out, why, and what to do.
        var warning: String {
            "warning: \(server) is left out. \(error)\n"
                + "Is it up? `usher health` tells; --on NAME asks one of the others alone."
        }
    }

    /// In the order in which they were given.
    private(set) var told: [Told] = []
    private(set) var silent: [Silent] = []

    /// Asks every server.
    ///
    /// - Throws: where none of them tells: the error of the only one, or a `StartError` with all.
    init(of servers: [ReflectedServer]) async throws {
        let results = await withTaskGroup(of: (Int, Result<ServiceCatalogue, any Error>).self) {
            group in
            for (index, server) in servers.enumerated() {
                group.addTask {
                    do {
                        return (index, .success(try await server.catalogue()))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (index, server) in servers.enumerated() {
            switch results[index] {
            case .success(let catalogue): told.append(Told(server: server, catalogue: catalogue))
            case .failure(let error): silent.append(Silent(server: server.name, error: error))
            case nil: break
            }
        }
        guard told.isEmpty, let first = silent.first else { return }
        if silent.count == 1 { throw first.error }
        throw StartError(
            "None of the servers tells what it answers:\n"
                + silent.map { "\($0.error)" }.joined(separator: "\n"),
            advice: "Start them again with `usher up`, or say --address of one that is up.")
    }

    /// The services of all that have told, each once.
    var catalogue: ServiceCatalogue {
        told.reduce(ServiceCatalogue([])) { $0.merged(with: $1.catalogue) }
    }

    /// Looks something up in the catalogue.
    ///
    /// - Throws: what `find` throws; where servers were silent, a `StartError` that names them.
    func looking<Found>(_ find: (ServiceCatalogue) throws -> Found) throws -> Found {
        do {
            return try find(catalogue)
        } catch let error as StartError {
            throw Self.missing(error, silent)
        }
    }

    /// An error about what is not there, with those who might have had it.
    static func missing(_ error: StartError, _ silent: [Silent]) -> StartError {
        guard !silent.isEmpty else { return error }
        let names = silent.map(\.server).joined(separator: ", ")
        return StartError(
            "\(error.problem) Not everybody could be asked: \(names).",
            advice: error.advice + "\nStart what is down and try again; of what is up:\n"
                + "`usher health` tells.")
    }
}
