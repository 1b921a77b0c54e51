import Contracts
import Foundation
import Logging
import Metrics
import ServiceLifecycle

/// Writes mails out as soon as they are there. At least once: a crash between writing and marking
/// writes the same mail again, under the same id.
struct MailWriter: Service {
    private static let batch = 50
    private static let pause = Duration.milliseconds(250)

    let store: NotificationStore
    let outbox: Outbox
    let from: MailMessage.Mailbox
    let logger: Logger

    private let written = Counter(label: "mails_written_total")

    init(
        store: NotificationStore, outbox: Outbox, from: MailMessage.Mailbox, logger: Logger
    ) {
        self.store = store
        self.outbox = outbox
        self.from = from
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var wait = Self.pause
                do {
                    let mails = try await store.pendingMails(limit: Self.batch)
                    for mail in mails {
                        try await write(mail)
                    }
                    if mails.count == Self.batch {
                        wait = .zero
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("mails not written", metadata: ["error": "\(error)"])
                    wait = .seconds(1)
                }
                try? await Task.sleep(for: wait)
            }
        }
    }

    private func write(_ mail: NotificationStore.PendingMail) async throws {
        var message = MailMessage(
            id: mail.id, from: from, to: mail.to, subject: mail.subject, date: mail.createdAt,
            body: mail.body)
        if let booking = mail.booking {
            let tickets = try await store.tickets(of: booking, buyer: nil)
                .filter { $0.state == .valid }
            message.attachments = try tickets.enumerated().map { index, ticket in
                MailMessage.Attachment(
                    name: "ticket-\(index + 1).svg", mediaType: "image/svg+xml",
                    data: Data(try QRCode(ticket.secret).svg(title: ticket.label).utf8))
            }
        }
        try outbox.write(message)
        try await store.markWritten(mail.id)
        written.increment()
    }
}
