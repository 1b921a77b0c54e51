import Foundation

/// A folder of mails, one `.eml` file each: the simulated way out.
struct Outbox: Sendable {
    let folder: URL

    /// Makes the folder, for its owner alone: tickets are in it.
    init(folder: URL) throws {
        self.folder = folder
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    /// Writes a mail under a name made from its id, whole or not at all; writing it again
    /// replaces it by the same.
    func write(_ mail: MailMessage) throws {
        let name = mail.id.map {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "-"
        }
        let draft = folder.appendingPathComponent("." + String(name) + ".new")
        let file = folder.appendingPathComponent(String(name) + ".eml")
        try mail.formatted().write(to: draft)
        let handle = try FileHandle(forWritingTo: draft)
        try handle.synchronize()
        try handle.close()
        guard unsafe rename(draft.path, file.path) == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: file.path])
        }
    }
}
