/// Why TLS cannot be used as configured; the text says what to do.
package struct TLSError: Error, Equatable, CustomStringConvertible {
    /// The kinds of failure.
    package enum Code: Sendable {
        /// A file cannot be read, or is larger than 1 MiB.
        case unreadable
        /// A file holds no PEM certificate, or a broken one.
        case noCertificate
        /// A file holds no PEM private key, or one with a passphrase.
        case noKey
        /// The private key is not that of the certificate, or BoringSSL refuses them otherwise.
        case unusable
    }

    /// What kind of failure.
    package let code: Code
    /// For the operator, with the file.
    package let description: String
}
