/// Why a JSON document is no message of a type, or a message cannot be said in JSON.
package struct DynamicJSONError: Error, Equatable, CustomStringConvertible {
    /// The value concerned, e.g. `seats[2].guid`; empty = the document itself.
    package let path: String
    /// What is wrong with it, for people.
    package let detail: String

    /// `path: detail`
    package var description: String { path.isEmpty ? detail : "\(path): \(detail)" }
}
