import Wire

// google/protobuf/descriptor.proto, as much as the model needs; the rest stays in unknownFields.
// It is a proto2 file: `optional` without presence here means that the default says the same.

struct FileDescriptorSetProto: Message {
    static let protoName = "google.protobuf.FileDescriptorSet"
    var file: [FileDescriptorProto] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "file", &file)
    }
}

struct FileDescriptorProto: Message {
    static let protoName = "google.protobuf.FileDescriptorProto"
    var name = ""
    var package = ""
    var messageType: [DescriptorProto] = []
    var enumType: [EnumDescriptorProto] = []
    var service: [ServiceDescriptorProto] = []
    var syntax = ""
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "package", &package)
        v.field(4, "message_type", &messageType)
        v.field(5, "enum_type", &enumType)
        v.field(6, "service", &service)
        v.field(12, "syntax", &syntax)
    }
}

struct DescriptorProto: Message {
    static let protoName = "google.protobuf.DescriptorProto"
    var name = ""
    var field: [FieldDescriptorProto] = []
    var nestedType: [DescriptorProto] = []
    var enumType: [EnumDescriptorProto] = []
    var options: MessageOptionsProto?
    var oneofDecl: [OneofDescriptorProto] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "field", &field)
        v.field(3, "nested_type", &nestedType)
        v.field(4, "enum_type", &enumType)
        v.field(7, "options", &options)
        v.field(8, "oneof_decl", &oneofDecl)
    }
}

struct MessageOptionsProto: Message {
    static let protoName = "google.protobuf.MessageOptions"
    var mapEntry = false
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(7, "map_entry", &mapEntry)
    }
}

struct FieldDescriptorProto: Message {
    static let protoName = "google.protobuf.FieldDescriptorProto"
    var name = ""
    var number: Int32 = 0
    /// 1 optional, 2 required, 3 repeated.
    var label: Int32 = 0
    /// As `FieldKind`, and 10 for a group.
    var type: Int32 = 0
    var typeName = ""
    var options: FieldOptionsProto?
    var oneofIndex: Int32?
    var jsonName = ""
    var proto3Optional = false
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(3, "number", &number)
        v.field(4, "label", &label)
        v.field(5, "type", &type)
        v.field(6, "type_name", &typeName)
        v.field(8, "options", &options)
        v.field(9, "oneof_index", &oneofIndex)
        v.field(10, "json_name", &jsonName)
        v.field(17, "proto3_optional", &proto3Optional)
    }
}

struct FieldOptionsProto: Message {
    static let protoName = "google.protobuf.FieldOptions"
    var packed: Bool?
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(2, "packed", &packed)
    }
}

struct OneofDescriptorProto: Message {
    static let protoName = "google.protobuf.OneofDescriptorProto"
    var name = ""
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
    }
}

struct EnumDescriptorProto: Message {
    static let protoName = "google.protobuf.EnumDescriptorProto"
    var name = ""
    var value: [EnumValueDescriptorProto] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "value", &value)
    }
}

struct EnumValueDescriptorProto: Message {
    static let protoName = "google.protobuf.EnumValueDescriptorProto"
    var name = ""
    var number: Int32 = 0
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "number", &number)
    }
}

struct ServiceDescriptorProto: Message {
    static let protoName = "google.protobuf.ServiceDescriptorProto"
    var name = ""
    var method: [MethodDescriptorProto] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "method", &method)
    }
}

struct MethodDescriptorProto: Message {
    static let protoName = "google.protobuf.MethodDescriptorProto"
    var name = ""
    var inputType = ""
    var outputType = ""
    var clientStreaming = false
    var serverStreaming = false
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "input_type", &inputType)
        v.field(3, "output_type", &outputType)
        v.field(5, "client_streaming", &clientStreaming)
        v.field(6, "server_streaming", &serverStreaming)
    }
}
