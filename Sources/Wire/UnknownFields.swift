/// Fields that this version of a message does not know, as they came: tag and value, one after
/// the other. Written again after the known ones, so that a relay loses nothing.
@usableFromInline
package struct UnknownFields: Equatable, Sendable {
    /// Nil where there are none, which is nearly always, and costs less to let go than an empty array.
    @usableFromInline var kept: [UInt8]?

    /// None.
    @inlinable package init() {}

    /// Wire format.
    @inlinable package var bytes: [UInt8] {
        get { kept ?? [] }
        set { kept = newValue.isEmpty ? nil : newValue }
    }

    /// True where there are none.
    @inlinable package var isEmpty: Bool { kept == nil }

    mutating func append(_ field: UnsafeBufferPointer<UInt8>) {
        kept = kept ?? []
        kept?.append(contentsOf: field)
    }
}
