import Wire

// The options of google/protobuf/descriptor.proto, and where in the source things are.

struct FileOptions: Message {
    static let protoName = "google.protobuf.FileOptions"
    var javaPackage: String?
    var javaOuterClassname: String?
    var optimizeFor: Int32?
    var javaMultipleFiles: Bool?
    var goPackage: String?
    var ccGenericServices: Bool?
    var javaGenericServices: Bool?
    var pyGenericServices: Bool?
    var javaGenerateEqualsAndHash: Bool?
    var deprecated: Bool?
    var javaStringCheckUtf8: Bool?
    var ccEnableArenas: Bool?
    var objcClassPrefix: String?
    var csharpNamespace: String?
    var swiftPrefix: String?
    var phpClassPrefix: String?
    var phpNamespace: String?
    var phpGenericServices: Bool?
    var phpMetadataNamespace: String?
    var rubyPackage: String?
    var uninterpretedOption: [UninterpretedOption] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "java_package", &javaPackage)
        v.field(8, "java_outer_classname", &javaOuterClassname)
        v.field(9, "optimize_for", &optimizeFor)
        v.field(10, "java_multiple_files", &javaMultipleFiles)
        v.field(11, "go_package", &goPackage)
        v.field(16, "cc_generic_services", &ccGenericServices)
        v.field(17, "java_generic_services", &javaGenericServices)
        v.field(18, "py_generic_services", &pyGenericServices)
        v.field(20, "java_generate_equals_and_hash", &javaGenerateEqualsAndHash)
        v.field(23, "deprecated", &deprecated)
        v.field(27, "java_string_check_utf8", &javaStringCheckUtf8)
        v.field(31, "cc_enable_arenas", &ccEnableArenas)
        v.field(36, "objc_class_prefix", &objcClassPrefix)
        v.field(37, "csharp_namespace", &csharpNamespace)
        v.field(39, "swift_prefix", &swiftPrefix)
        v.field(40, "php_class_prefix", &phpClassPrefix)
        v.field(41, "php_namespace", &phpNamespace)
        v.field(42, "php_generic_services", &phpGenericServices)
        v.field(44, "php_metadata_namespace", &phpMetadataNamespace)
        v.field(45, "ruby_package", &rubyPackage)
        v.field(999, "uninterpreted_option", &uninterpretedOption)
    }
}

struct MessageOptions: Message {
    static let protoName = "google.protobuf.MessageOptions"
    var messageSetWireFormat: Bool?
    var noStandardDescriptorAccessor: Bool?
    var deprecated: Bool?
    var mapEntry: Bool?
    var uninterpretedOption: [UninterpretedOption] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "message_set_wire_format", &messageSetWireFormat)
        v.field(2, "no_standard_descriptor_accessor", &noStandardDescriptorAccessor)
        v.field(3, "deprecated", &deprecated)
        v.field(7, "map_entry", &mapEntry)
        v.field(999, "uninterpreted_option", &uninterpretedOption)
    }
}

struct FieldOptions: Message {
    static let protoName = "google.protobuf.FieldOptions"
    var ctype: Int32?
    var packed: Bool?
    var deprecated: Bool?
    var lazy: Bool?
    var jstype: Int32?
    var weak: Bool?
    var unverifiedLazy: Bool?
    var uninterpretedOption: [UninterpretedOption] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "ctype", &ctype)
        v.field(2, "packed", &packed)
        v.field(3, "deprecated", &deprecated)
        v.field(5, "lazy", &lazy)
        v.field(6, "jstype", &jstype)
        v.field(10, "weak", &weak)
        v.field(15, "unverified_lazy", &unverifiedLazy)
        v.field(999, "uninterpreted_option", &uninterpretedOption)
    }
}

struct OneofOptions: Message {
    static let protoName = "google.protobuf.OneofOptions"
    var uninterpretedOption: [UninterpretedOption] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(999, "uninterpreted_option", &uninterpretedOption)
    }
}

struct EnumOptions: Message {
    static let protoName = "google.protobuf.EnumOptions"
    var allowAlias: Bool?
    var deprecated: Bool?
    var uninterpretedOption: [UninterpretedOption] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(2, "allow_alias", &allowAlias)
        v.field(3, "deprecated", &deprecated)
        v.field(999, "uninterpreted_option", &uninterpretedOption)
    }
}

struct EnumValueOptions: Message {
    static let protoName = "google.protobuf.EnumValueOptions"
    var deprecated: Bool?
    var uninterpretedOption: [UninterpretedOption] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "deprecated", &deprecated)
        v.field(999, "uninterpreted_option", &uninterpretedOption)
    }
}

struct ExtensionRangeOptions: Message {
    static let protoName = "google.protobuf.ExtensionRangeOptions"
    var uninterpretedOption: [UninterpretedOption] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(999, "uninterpreted_option", &uninterpretedOption)
    }
}

struct ServiceOptions: Message {
    static let protoName = "google.protobuf.ServiceOptions"
    var deprecated: Bool?
    var uninterpretedOption: [UninterpretedOption] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(33, "deprecated", &deprecated)
        v.field(999, "uninterpreted_option", &uninterpretedOption)
    }
}

struct MethodOptions: Message {
    static let protoName = "google.protobuf.MethodOptions"
    var deprecated: Bool?
    var idempotencyLevel: Int32?
    var uninterpretedOption: [UninterpretedOption] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(33, "deprecated", &deprecated)
        v.field(34, "idempotency_level", &idempotencyLevel)
        v.field(999, "uninterpreted_option", &uninterpretedOption)
    }
}

struct UninterpretedOption: Message {
    static let protoName = "google.protobuf.UninterpretedOption"
    var name: [NamePart] = []
    var identifierValue: String?
    var positiveIntValue: UInt64?
    var negativeIntValue: Int64?
    var doubleValue: Double?
    var stringValue: [UInt8]?
    var aggregateValue: String?
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(2, "name", &name)
        v.field(3, "identifier_value", &identifierValue)
        v.field(4, "positive_int_value", &positiveIntValue)
        v.field(5, "negative_int_value", &negativeIntValue)
        v.field(6, "double_value", &doubleValue)
        v.field(7, "string_value", &stringValue)
        v.field(8, "aggregate_value", &aggregateValue)
    }
}

struct NamePart: Message {
    static let protoName = "google.protobuf.UninterpretedOption.NamePart"
    var namePart: String?
    var isExtension: Bool?
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "name_part", &namePart)
        v.field(2, "is_extension", &isExtension)
    }
}

struct SourceCodeInfo: Message {
    static let protoName = "google.protobuf.SourceCodeInfo"
    var location: [Location] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "location", &location)
    }
}

struct Location: Message {
    static let protoName = "google.protobuf.SourceCodeInfo.Location"
    var path: [Int32] = []
    var span: [Int32] = []
    var leadingComments: String?
    var trailingComments: String?
    var leadingDetachedComments: [String] = []
    var unknownFields = UnknownFields()

    mutating func visit<V: FieldVisitor>(_ v: inout V) {
        v.field(1, "path", &path)
        v.field(2, "span", &span)
        v.field(3, "leading_comments", &leadingComments)
        v.field(4, "trailing_comments", &trailingComments)
        v.field(6, "leading_detached_comments", &leadingDetachedComments)
    }
}
