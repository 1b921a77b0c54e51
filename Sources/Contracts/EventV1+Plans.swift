package import Wire

/// Seating plans: sent and read in parts, since a plan may be larger than a frame.
extension EventV1 {
    /// Starts an upload.
    package struct StartPlanUploadRequest: Message {
        package static let protoName = "usher.event.v1.StartPlanUploadRequest"
        /// Bytes of the whole JSON document, 1 to 33,554,432 (32 MiB).
        package var sizeBytes: UInt32 = 0
        /// SHA-256 of the whole document, 32 bytes.
        package var sha256: [UInt8] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "size_bytes", &sizeBytes)
            v.field(2, "sha256", &sha256)
        }
    }

    /// How to go on with the upload.
    package struct StartPlanUploadResponse: Message {
        package static let protoName = "usher.event.v1.StartPlanUploadResponse"
        /// `upl_…`; forgotten after an hour.
        package var uploadID = ""
        /// Largest part that is taken, bytes.
        package var partBytesMax: UInt32 = 0
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "upload_id", &uploadID)
            v.field(2, "part_bytes_max", &partBytesMax)
        }
    }

    /// Sends a part.
    package struct UploadPlanPartRequest: Message {
        package static let protoName = "usher.event.v1.UploadPlanPartRequest"
        /// `upl_…`
        package var uploadID = ""
        /// Where the part begins; a multiple of `partBytesMax`.
        package var offset: UInt32 = 0
        /// Exactly `partBytesMax` bytes, but for the last part.
        package var data: [UInt8] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "upload_id", &uploadID)
            v.field(2, "offset", &offset)
            v.field(3, "data", &data)
        }
    }

    /// Answer of `EventService.uploadPlanPart`.
    package struct UploadPlanPartResponse: Message {
        package static let protoName = "usher.event.v1.UploadPlanPartResponse"
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {}
    }

    /// Ends an upload.
    package struct CommitPlanUploadRequest: Message {
        package static let protoName = "usher.event.v1.CommitPlanUploadRequest"
        /// `upl_…`
        package var uploadID = ""
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "upload_id", &uploadID)
        }
    }

    /// The plan uploaded.
    package struct CommitPlanUploadResponse: Message {
        package static let protoName = "usher.event.v1.CommitPlanUploadResponse"
        /// Ready to make events of.
        package var plan: Plan?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "plan", &plan)
        }
    }

    /// A seating plan, without its document.
    package struct Plan: Message {
        package static let protoName = "usher.event.v1.Plan"
        /// `pln_…`
        package var planID = ""
        /// As in the document.
        package var name = ""
        /// Numbered seats.
        package var seatCount: UInt32 = 0
        /// Places of general-admission areas.
        package var areaPlaceCount: UInt32 = 0
        /// When it was committed.
        package var createdAt: Timestamp?
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "plan_id", &planID)
            v.field(2, "name", &name)
            v.field(3, "seat_count", &seatCount)
            v.field(4, "area_place_count", &areaPlaceCount)
            v.field(5, "created_at", &createdAt)
        }
    }

    /// Asks for a part of a plan's document.
    package struct ReadPlanRequest: Message {
        package static let protoName = "usher.event.v1.ReadPlanRequest"
        /// `pln_…`; this or `eventID`.
        package var planID = ""
        /// `evt_…`; this or `planID`.
        package var eventID = ""
        /// Where the part begins, bytes.
        package var offset: UInt32 = 0
        /// True = without `x-usher`, as pretix takes it.
        package var plain = false
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "plan_id", &planID)
            v.field(2, "event_id", &eventID)
            v.field(3, "offset", &offset)
            v.field(4, "plain", &plain)
        }
    }

    /// A part of a plan's document.
    package struct ReadPlanResponse: Message {
        package static let protoName = "usher.event.v1.ReadPlanResponse"
        /// At most 2 MiB.
        package var data: [UInt8] = []
        /// Bytes of the whole document.
        package var sizeBytes: UInt32 = 0
        /// SHA-256 of the whole document.
        package var sha256: [UInt8] = []
        package var unknownFields = UnknownFields()

        package init() {}

        package mutating func visit<V: FieldVisitor>(_ v: inout V) {
            v.field(1, "data", &data)
            v.field(2, "size_bytes", &sizeBytes)
            v.field(3, "sha256", &sha256)
        }
    }
}
