import ArgumentParser
import AuthService
import BookingService
import EventService
import NotificationService
import PaymentService
import ServiceKit

/// Everything that `usher serve` can run.
enum ServiceTable {
    /// Services with a database of their own, in the order of their start.
    static let services: [any PlatformService.Type] = [
        AuthService.self, EventService.self, BookingService.self, PaymentService.self,
        NotificationService.self,
    ]

    static var databaseServices: [String] {
        services.map { $0.name }
    }

    /// The public face.
    static let gateway = "gateway"
    /// The simulated payment provider.
    static let provider = "provider"

    static var names: [String] {
        databaseServices + [gateway, provider]
    }

    /// The service of that name; nil for all else.
    static func service(named name: String) -> (any PlatformService.Type)? {
        services.first { $0.name == name }
    }

    /// - Throws: `ValidationError` for none, for one named twice, and for one that is not known.
    static func validate(_ chosen: [String], among known: [String]) throws {
        if let unknown = chosen.first(where: { !known.contains($0) }) {
            throw ValidationError(
                "There is no service \"\(unknown)\"; there are \(known.joined(separator: ", ")).")
        }
        guard !chosen.isEmpty, Set(chosen).count == chosen.count else {
            throw ValidationError(
                "Name each service once; there are \(known.joined(separator: ", ")).")
        }
    }
}
