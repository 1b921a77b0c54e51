// google/protobuf/descriptor.proto, as much as Usher needs; the rest stays in unknownFields.
// It is a proto2 file: `optional` without presence here means that the default says the same.

/// A set of files, each after those that it imports.
package struct FileDescriptorSetProto: Message {
    package static let protoName = "google.protobuf.FileDescriptorSet"
    package var file: [FileDescriptorProto] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "file", &file)
    }
}

/// A .proto file.
package struct FileDescriptorProto: Message {
    package static let protoName = "google.protobuf.FileDescriptorProto"
    package var name = ""
    package var package = ""
    /// Names of the files that it imports.
    package var dependency: [String] = []
    package var messageType: [DescriptorProto] = []
    package var enumType: [EnumDescriptorProto] = []
    package var service: [ServiceDescriptorProto] = []
    package var syntax = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "package", &package)
        v.field(3, "dependency", &dependency)
        v.field(4, "message_type", &messageType)
        v.field(5, "enum_type", &enumType)
        v.field(6, "service", &service)
        v.field(12, "syntax", &syntax)
    }
}

/// A message type.
package struct DescriptorProto: Message {
    package static let protoName = "google.protobuf.DescriptorProto"
    package var name = ""
    package var field: [FieldDescriptorProto] = []
    package var nestedType: [DescriptorProto] = []
    package var enumType: [EnumDescriptorProto] = []
    package var options: MessageOptionsProto?
    package var oneofDecl: [OneofDescriptorProto] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "field", &field)
        v.field(3, "nested_type", &nestedType)
        v.field(4, "enum_type", &enumType)
        v.field(7, "options", &options)
        v.field(8, "oneof_decl", &oneofDecl)
    }
}

/// Options of a message type.
package struct MessageOptionsProto: Message {
    package static let protoName = "google.protobuf.MessageOptions"
    package var mapEntry = false
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(7, "map_entry", &mapEntry)
    }
}

/// A field of a message.
package struct FieldDescriptorProto: Message {
    package static let protoName = "google.protobuf.FieldDescriptorProto"
    package var name = ""
    package var number: Int32 = 0
    /// 1 optional, 2 required, 3 repeated.
    package var label: Int32 = 0
    /// As `FieldKind`, and 10 for a group.
    package var type: Int32 = 0
    package var typeName = ""
    package var options: FieldOptionsProto?
    package var oneofIndex: Int32?
    package var jsonName = ""
    package var proto3Optional = false
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
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

/// Options of a field.
package struct FieldOptionsProto: Message {
    package static let protoName = "google.protobuf.FieldOptions"
    package var packed: Bool?
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(2, "packed", &packed)
    }
}

/// A oneof of a message.
package struct OneofDescriptorProto: Message {
    package static let protoName = "google.protobuf.OneofDescriptorProto"
    package var name = ""
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
    }
}

/// An enum type.
package struct EnumDescriptorProto: Message {
    package static let protoName = "google.protobuf.EnumDescriptorProto"
    package var name = ""
    package var value: [EnumValueDescriptorProto] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "value", &value)
    }
}

/// A value of an enum.
package struct EnumValueDescriptorProto: Message {
    package static let protoName = "google.protobuf.EnumValueDescriptorProto"
    package var name = ""
    package var number: Int32 = 0
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "number", &number)
    }
}

/// A service.
package struct ServiceDescriptorProto: Message {
    package static let protoName = "google.protobuf.ServiceDescriptorProto"
    package var name = ""
    package var method: [MethodDescriptorProto] = []
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "method", &method)
    }
}

/// A method of a service.
package struct MethodDescriptorProto: Message {
    package static let protoName = "google.protobuf.MethodDescriptorProto"
    package var name = ""
    package var inputType = ""
    package var outputType = ""
    package var clientStreaming = false
    package var serverStreaming = false
    package var unknownFields = UnknownFields()

    package init() {}

    package mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name", &name)
        v.field(2, "input_type", &inputType)
        v.field(3, "output_type", &outputType)
        v.field(5, "client_streaming", &clientStreaming)
        v.field(6, "server_streaming", &serverStreaming)
    }
}
