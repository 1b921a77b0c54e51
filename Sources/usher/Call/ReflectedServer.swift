import Contracts
import Descriptors
import RPC
import Wire

/// A running server that tells what it answers.
struct ReflectedServer: Sendable {
    /// As people name it: "auth", or its address.
    let name: String
    let client: RPCClient
    /// Time for each of the questions.
    let timeout: Duration

    /// The server's services.
    ///
    /// - Throws: `StartError` where it does not tell.
    func catalogue() async throws -> ServiceCatalogue {
        ServiceCatalogue(
            try await ask(RPCV1.Reflection.listServices, RPCV1.ListServicesRequest()))
    }

    /// The contracts that the server was built with.
    ///
    /// - Throws: `StartError` where it does not tell them whole.
    func descriptors() async throws -> DescriptorSet {
        var bytes: [UInt8] = []
        var revision: UInt64?
        repeat {
            let answer = try await ask(
                RPCV1.Reflection.getDescriptorSet, .with { $0.offset = UInt32(bytes.count) })
            guard answer.totalSize <= Self.sizeMax, revision ?? answer.revision == answer.revision
            else {
                throw StartError(
                    "\(name) was replaced while it was asked, or tells too much.",
                    advice: "Try again.")
            }
            revision = answer.revision
            bytes += answer.part
            if bytes.count >= Int(answer.totalSize) { break }
            guard !answer.part.isEmpty else {
                throw StartError("\(name) tells only a part of its contracts.")
            }
        } while true
        return try DescriptorSet(serialized: bytes)
    }

    /// Bytes of a descriptor set; Usher's has less than a hundredth.
    private static let sizeMax = 64 << 20

    private func ask<Request: Message, Response: Message>(
        _ method: Method<Request, Response>, _ request: Request
    ) async throws -> Response {
        do {
            return try await client.call(method, request, timeout: timeout)
        } catch  where error.code == .unimplemented {
            throw StartError(
                "\(name) has no reflection: it does not tell what it answers.",
                advice: "Give the contracts with --descriptors, a file that "
                    + "`protoc --include_imports --descriptor_set_out` makes.")
        } catch {
            throw StartError("\(name) does not tell what it answers: \(error)")
        }
    }
}
