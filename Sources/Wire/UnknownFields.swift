/// Fields that this version of a message does not know, as they came: tag and value, one after
/// the other. Written again after the known ones, so that a relay loses nothing.
@usableFromInline
package struct UnknownFields: Equatable, Sendable {
    /// Wire format.
    @usableFromInline package var bytes: [UInt8]

    /// None.
    @inlinable package init() { bytes = [] }

    /// True where there are none.
    @inlinable package var isEmpty: Bool { bytes.isEmpty }
}
