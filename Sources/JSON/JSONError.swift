/// Why a document was refused: what, where in the bytes, and where in the document.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of refusal.
    package enum Code: Sendable {
        /// Not JSON as RFC 8259 defines it.
        case syntax
        /// More bytes than the limit.
        case tooLarge
        /// More levels than the limit.
        case tooDeep
        /// A name twice in one object.
        case duplicateName
        /// JSON, but of another type than the one asked for.
        case wrongType
        /// A number that does not fit the type asked for.
        case outOfRange
        /// The caller asked for something that cannot come next.
        case misuse
    }

    /// What kind of refusal.
    package let code: Code
    /// Bytes from the start of the document.
    package let offset: Int
    /// The value concerned, e.g. `zones[2].name`; empty = the document itself.
    package let path: String
    /// For people, without path and offset.
    package let message: String

    /// An error at a place.
    package init(_ code: Code, offset: Int, path: String, _ message: String) {
        self.code = code
        self.offset = offset
        self.path = path
        self.message = message
    }

    /// `path: message (byte offset)`
    package var description: String {
        (path.isEmpty ? "" : path + ": ") + "\(message) (byte \(offset))"
    }
}
