import Contracts
import Foundation
import Logging
import Metrics
import NIOPosix
import ServiceLifecycle

/// Writes mails out as soon as they are there, several at once: each waits for the disk. At least
/// once: a crash between writing and marking writes the same mails again, under the same ids.
struct MailWriter: Service {
    private static let batch = 200
    private static let threadCount = 8
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
        let threads = NIOThreadPool(numberOfThreads: Self.threadCount)
        threads.start()
        await follow(threads)
        try await threads.shutdownGracefully()
    }

    private func follow(_ threads: NIOThreadPool) async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var wait = Self.pause
                do {
                    let mails = try await store.pendingMails(limit: Self.batch)
                    try await write(mails, threads)
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

    /// Those that cannot be written wait, and do not keep the others.
    private func write(
        _ mails: [NotificationStore.PendingMail], _ threads: NIOThreadPool
    ) async throws {
        var ids: [String] = []
        var failure: (any Error)?
        await withTaskGroup(of: Result<String, any Error>.self) { group in
            for mail in mails {
                group.addTask {
                    do {
                        let message = try await message(mail)
                        try await threads.runIfActive { try outbox.write(message) }
                        return .success(mail.id)
                    } catch {
                        return .failure(error)
                    }
                }
            }
            for await result in group {
                switch result {
                case .success(let id): ids.append(id)
                case .failure(let error): failure = error
                }
            }
        }
        if !ids.isEmpty {
            try await store.markWritten(ids)
            written.increment(by: ids.count)
        }
        if let failure {
            throw failure
        }
    }

    private func message(
        _ mail: NotificationStore.PendingMail
    ) async throws -> MailMessage {
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
        return message
    }
}
