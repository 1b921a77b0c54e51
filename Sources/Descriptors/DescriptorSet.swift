/// The contracts as `protoc --include_imports --descriptor_set_out` tells them: a small model of
/// google/protobuf/descriptor.proto for proto3 files. Names are full and without leading dot.
package struct DescriptorSet: Sendable, Equatable {
    /// In the order of the set: imports before what imports them.
    package var files: [FileDescriptor]

    /// A set of these files; references between them are not checked here.
    package init(files: [FileDescriptor]) {
        self.files = files
    }

    /// All messages of all files, nested ones and map entries too.
    package var messages: [MessageDescriptor] { files.flatMap(\.messages) }
    /// All enums of all files, nested ones too.
    package var enums: [EnumDescriptor] { files.flatMap(\.enums) }
    /// All services of all files.
    package var services: [ServiceDescriptor] { files.flatMap(\.services) }

    /// The message of this full name ("usher.event.v1.Hold").
    package func message(named name: String) -> MessageDescriptor? {
        messages.first { $0.name == name }
    }

    /// The enum of this full name.
    package func enumeration(named name: String) -> EnumDescriptor? {
        enums.first { $0.name == name }
    }

    /// The service of this full name.
    package func service(named name: String) -> ServiceDescriptor? {
        services.first { $0.name == name }
    }
}

/// One .proto file.
package struct FileDescriptor: Sendable, Equatable {
    /// Path from the root of the contracts ("usher/event/v1/event.proto").
    package var name: String
    /// "usher.event.v1"; empty when the file has none.
    package var package: String
    /// Flat: a nested message follows the one it is nested in.
    package var messages: [MessageDescriptor]
    /// Flat, like `messages`.
    package var enums: [EnumDescriptor]
    package var services: [ServiceDescriptor]

    /// A file with these members.
    package init(
        name: String, package: String, messages: [MessageDescriptor] = [],
        enums: [EnumDescriptor] = [], services: [ServiceDescriptor] = []
    ) {
        self.name = name
        self.package = package
        self.messages = messages
        self.enums = enums
        self.services = services
    }
}

/// One message type.
package struct MessageDescriptor: Sendable, Equatable {
    /// Full name.
    package var name: String
    /// In the order of the file.
    package var fields: [FieldDescriptor]
    /// Made by protoc for a `map` field: `key` is field 1, `value` field 2.
    package var isMapEntry: Bool

    /// A message with these fields.
    package init(name: String, fields: [FieldDescriptor], isMapEntry: Bool = false) {
        self.name = name
        self.fields = fields
        self.isMapEntry = isMapEntry
    }

    /// The field of this name, as written in the .proto.
    package func field(named name: String) -> FieldDescriptor? {
        fields.first { $0.name == name }
    }

    /// The field of this number.
    package func field(number: Int) -> FieldDescriptor? {
        fields.first { $0.number == number }
    }
}

/// One field of a message.
package struct FieldDescriptor: Sendable, Equatable {
    /// As written in the .proto ("hold_id").
    package var name: String
    /// 1 to 536,870,911.
    package var number: Int
    package var type: FieldType
    package var isRepeated: Bool
    /// Tells "absent" from "default": `optional`, a submessage, a oneof's member.
    package var hasPresence: Bool
    /// Repeated scalars are written as one length-delimited run.
    package var isPacked: Bool
    /// Name of the oneof that it is a member of; nil also for proto3 `optional`.
    package var oneof: String?
    /// Key in proto3 JSON ("holdId").
    package var jsonName: String

    /// A field with these properties.
    package init(
        name: String, number: Int, type: FieldType, isRepeated: Bool = false,
        hasPresence: Bool = false, isPacked: Bool = false, oneof: String? = nil, jsonName: String
    ) {
        self.name = name
        self.number = number
        self.type = type
        self.isRepeated = isRepeated
        self.hasPresence = hasPresence
        self.isPacked = isPacked
        self.oneof = oneof
        self.jsonName = jsonName
    }
}

/// Type of a field's value (of one element, where the field is repeated).
package enum FieldType: Sendable, Hashable, CustomStringConvertible {
    case double, float
    case int32, int64, uint32, uint64, sint32, sint64
    case fixed32, fixed64, sfixed32, sfixed64
    case bool, string, bytes
    /// With the enum's full name.
    case enumeration(String)
    /// With the message's full name.
    case message(String)

    /// Whether repeated values may be packed (Protocol Buffers encoding, "Packed fields").
    package var isPackable: Bool {
        switch self {
        case .string, .bytes, .message: false
        default: true
        }
    }

    /// As written in a .proto.
    package var description: String {
        switch self {
        case .double: "double"
        case .float: "float"
        case .int32: "int32"
        case .int64: "int64"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .sint32: "sint32"
        case .sint64: "sint64"
        case .fixed32: "fixed32"
        case .fixed64: "fixed64"
        case .sfixed32: "sfixed32"
        case .sfixed64: "sfixed64"
        case .bool: "bool"
        case .string: "string"
        case .bytes: "bytes"
        case .enumeration(let name), .message(let name): name
        }
    }
}

/// One enum type.
package struct EnumDescriptor: Sendable, Equatable {
    /// One value of it.
    package struct Value: Sendable, Equatable {
        /// As written in the .proto ("BOOKING_STATE_PENDING").
        package var name: String
        package var number: Int32

        /// A value of this name and number.
        package init(name: String, number: Int32) {
            self.name = name
            self.number = number
        }
    }

    /// Full name.
    package var name: String
    /// In the order of the file.
    package var values: [Value]

    /// An enum with these values.
    package init(name: String, values: [Value]) {
        self.name = name
        self.values = values
    }
}

/// One service.
package struct ServiceDescriptor: Sendable, Equatable {
    /// Full name.
    package var name: String
    /// In the order of the file.
    package var methods: [MethodDescriptor]

    /// A service with these methods.
    package init(name: String, methods: [MethodDescriptor]) {
        self.name = name
        self.methods = methods
    }

    /// The method of this bare name.
    package func method(named name: String) -> MethodDescriptor? {
        methods.first { $0.name == name }
    }
}

/// One method of a service.
package struct MethodDescriptor: Sendable, Equatable {
    /// Bare name ("CreateBooking").
    package var name: String
    /// Full name of the request message.
    package var input: String
    /// Full name of the response message.
    package var output: String
    package var isClientStreaming: Bool
    package var isServerStreaming: Bool

    /// A method with these properties.
    package init(
        name: String, input: String, output: String, isClientStreaming: Bool = false,
        isServerStreaming: Bool = false
    ) {
        self.name = name
        self.input = input
        self.output = output
        self.isClientStreaming = isClientStreaming
        self.isServerStreaming = isServerStreaming
    }
}
