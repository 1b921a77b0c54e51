import Wire

// google/protobuf/descriptor.proto of protobuf 3.21, whole: what every peer reads into structs of its
// own. A proto2 file: each field has presence. Enums are their numbers.

struct FileDescriptorSet: Message {
    static let protoName = "google.protobuf.FileDescriptorSet"
    var file: [FileDescriptorProto] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "file", &file)
    }
}

struct FileDescriptorProto: Message {
    static let protoName = "google.protobuf.FileDescriptorProto"
    var name: String?
    var package: String?
    var dependency: [String] = []
    var messageType: [DescriptorProto] = []
    var enumType: [EnumDescriptorProto] = []
    var service: [ServiceDescriptorProto] = []
    var `extension`: [FieldDescriptorProto] = []
    var options: FileOptions?
    var sourceCodeInfo: SourceCodeInfo?
    var publicDependency: [Int32] = []
    var weakDependency: [Int32] = []
    var syntax: String?
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "package", &package)
        v.field(3, "dependency", &dependency)
        v.field(4, "message_type", &messageType)
        v.field(5, "enum_type", &enumType)
        v.field(6, "service", &service)
        v.field(7, "extension", &`extension`)
        v.field(8, "options", &options)
        v.field(9, "source_code_info", &sourceCodeInfo)
        v.field(10, "public_dependency", &publicDependency, packed: false)
        v.field(11, "weak_dependency", &weakDependency, packed: false)
        v.field(12, "syntax", &syntax)
    }
}

struct DescriptorProto: Message {
    static let protoName = "google.protobuf.DescriptorProto"
    var name: String?
    var field: [FieldDescriptorProto] = []
    var nestedType: [DescriptorProto] = []
    var enumType: [EnumDescriptorProto] = []
    var extensionRange: [ExtensionRange] = []
    var `extension`: [FieldDescriptorProto] = []
    var options: MessageOptions?
    var oneofDecl: [OneofDescriptorProto] = []
    var reservedRange: [ReservedRange] = []
    var reservedName: [String] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "field", &field)
        v.field(3, "nested_type", &nestedType)
        v.field(4, "enum_type", &enumType)
        v.field(5, "extension_range", &extensionRange)
        v.field(6, "extension", &`extension`)
        v.field(7, "options", &options)
        v.field(8, "oneof_decl", &oneofDecl)
        v.field(9, "reserved_range", &reservedRange)
        v.field(10, "reserved_name", &reservedName)
    }
}

struct ExtensionRange: Message {
    static let protoName = "google.protobuf.DescriptorProto.ExtensionRange"
    var start: Int32?
    var end: Int32?
    var options: ExtensionRangeOptions?
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "start", &start)
        v.field(2, "end", &end)
        v.field(3, "options", &options)
    }
}

struct ReservedRange: Message {
    static let protoName = "google.protobuf.DescriptorProto.ReservedRange"
    var start: Int32?
    var end: Int32?
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "start", &start)
        v.field(2, "end", &end)
    }
}

struct FieldDescriptorProto: Message {
    static let protoName = "google.protobuf.FieldDescriptorProto"
    var name: String?
    var extendee: String?
    var number: Int32?
    var label: Int32?
    var type: Int32?
    var typeName: String?
    var defaultValue: String?
    var options: FieldOptions?
    var oneofIndex: Int32?
    var jsonName: String?
    var proto3Optional: Bool?
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "extendee", &extendee)
        v.field(3, "number", &number)
        v.field(4, "label", &label)
        v.field(5, "type", &type)
        v.field(6, "type_name", &typeName)
        v.field(7, "default_value", &defaultValue)
        v.field(8, "options", &options)
        v.field(9, "oneof_index", &oneofIndex)
        v.field(10, "json_name", &jsonName)
        v.field(17, "proto3_optional", &proto3Optional)
    }
}

struct OneofDescriptorProto: Message {
    static let protoName = "google.protobuf.OneofDescriptorProto"
    var name: String?
    var options: OneofOptions?
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "options", &options)
    }
}

struct EnumDescriptorProto: Message {
    static let protoName = "google.protobuf.EnumDescriptorProto"
    var name: String?
    var value: [EnumValueDescriptorProto] = []
    var options: EnumOptions?
    var reservedRange: [EnumReservedRange] = []
    var reservedName: [String] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "value", &value)
        v.field(3, "options", &options)
        v.field(4, "reserved_range", &reservedRange)
        v.field(5, "reserved_name", &reservedName)
    }
}

struct EnumReservedRange: Message {
    static let protoName = "google.protobuf.EnumDescriptorProto.EnumReservedRange"
    var start: Int32?
    var end: Int32?
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "start", &start)
        v.field(2, "end", &end)
    }
}

struct EnumValueDescriptorProto: Message {
    static let protoName = "google.protobuf.EnumValueDescriptorProto"
    var name: String?
    var number: Int32?
    var options: EnumValueOptions?
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "number", &number)
        v.field(3, "options", &options)
    }
}

struct ServiceDescriptorProto: Message {
    static let protoName = "google.protobuf.ServiceDescriptorProto"
    var name: String?
    var method: [MethodDescriptorProto] = []
    var options: ServiceOptions?
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "method", &method)
        v.field(3, "options", &options)
    }
}

struct MethodDescriptorProto: Message {
    static let protoName = "google.protobuf.MethodDescriptorProto"
    var name: String?
    var inputType: String?
    var outputType: String?
    var options: MethodOptions?
    var clientStreaming: Bool?
    var serverStreaming: Bool?
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "input_type", &inputType)
        v.field(3, "output_type", &outputType)
        v.field(4, "options", &options)
        v.field(5, "client_streaming", &clientStreaming)
        v.field(6, "server_streaming", &serverStreaming)
    }
}
