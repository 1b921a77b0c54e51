package import Crypto
package import Foundation

/// The keys of an installation: one file each, 32 bytes, made at the first start, readable by
/// their owner alone.
package struct Secrets: Sendable {
    /// Names of the files.
    package enum Name: String, CaseIterable, Sendable {
        /// Services prove to each other with it who they are (HMAC-SHA-256).
        case serviceCredential = "service-credential.key"
        /// The event service signs hold tokens with it (HMAC-SHA-256).
        case holdToken = "hold-token.key"
        /// The auth service signs access tokens with it (Ed25519 seed).
        case accessToken = "access-token.key"
        /// The payment service shows it to the provider, in hexadecimal.
        case provider = "provider.key"
        /// The provider signs its webhooks with it (HMAC-SHA-256).
        case providerWebhook = "provider-webhook.key"
    }

    private let folder: URL

    /// Secrets kept in a folder; missing ones are made by `makeMissing()`.
    ///
    /// - Throws: nothing is read yet; reading throws.
    package init(folder: String) throws {
        self.folder = URL(fileURLWithPath: folder, isDirectory: true)
    }

    /// Makes the folder (0700) and the files (0600) that are not there.
    ///
    /// - Throws: what the file system says.
    package func makeMissing() throws {
        let files = FileManager.default
        try files.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        for name in Name.allCases {
            let file = folder.appendingPathComponent(name.rawValue)
            guard !files.fileExists(atPath: file.path) else {
                continue
            }
            let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
            // Written aside and renamed: a full disk leaves no short key behind.
            let draft = folder.appendingPathComponent(name.rawValue + ".new")
            try? files.removeItem(at: draft)
            guard
                files.createFile(
                    atPath: draft.path, contents: bytes, attributes: [.posixPermissions: 0o600])
            else {
                throw ServiceStartError("cannot write \(draft.path): is the disk full?")
            }
            try files.moveItem(at: draft, to: file)
        }
    }

    /// The 32 bytes of a secret.
    ///
    /// - Throws: `ServiceStartError` where the file is missing or has another size.
    package func bytes(_ name: Name) throws -> Data {
        let file = folder.appendingPathComponent(name.rawValue)
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw ServiceStartError(
                "the secret \(file.path) cannot be read; `usher up` makes it at its first start")
        }
        guard data.count == 32 else {
            throw ServiceStartError(
                "the secret \(file.path) has \(data.count) bytes instead of 32; restore it from a "
                    + "backup, or remove it to have a new one made")
        }
        return data
    }

    /// The secret in 64 hexadecimal digits.
    package func hexadecimal(_ name: Name) throws -> String {
        try bytes(name).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// The secret as a key for HMAC.
    package func key(_ name: Name) throws -> SymmetricKey {
        SymmetricKey(data: try bytes(name))
    }
}
