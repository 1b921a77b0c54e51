import Wire

extension DescriptorSet {
    /// Reads a serialized google.protobuf.FileDescriptorSet. Throws `.malformed` when it is none,
    /// `.unsupported` for a file that is not proto3.
    package init(serialized bytes: [UInt8]) throws(DescriptorError) {
        let set: FileDescriptorSetProto
        do {
            set = try FileDescriptorSetProto(serialized: bytes)
        } catch {
            throw DescriptorError(.malformed, "not a FileDescriptorSet: \(error)")
        }
        files = []
        for file in set.file { files.append(try FileDescriptor(file)) }
    }
}

extension FileDescriptor {
    fileprivate init(_ file: FileDescriptorProto) throws(DescriptorError) {
        guard file.syntax == "proto3" else {
            throw DescriptorError(.unsupported, "\(file.name) is not a proto3 file")
        }
        self.init(name: file.name, package: file.package)
        enums = file.enumType.map { EnumDescriptor($0, scope: file.package) }
        for message in file.messageType { try add(message, scope: file.package) }
        for service in file.service {
            var methods: [MethodDescriptor] = []
            for method in service.method {
                methods.append(
                    MethodDescriptor(
                        name: method.name, input: try absolute(method.inputType),
                        output: try absolute(method.outputType),
                        isClientStreaming: method.clientStreaming,
                        isServerStreaming: method.serverStreaming))
            }
            services.append(
                ServiceDescriptor(name: joined(file.package, service.name), methods: methods))
        }
    }

    // As deep as messages are nested, which the decoder bounded.
    private mutating func add(
        _ message: DescriptorProto, scope: String
    ) throws(DescriptorError) {
        let name = joined(scope, message.name)
        var fields: [FieldDescriptor] = []
        for field in message.field {
            fields.append(try FieldDescriptor(field, in: message, named: name))
        }
        messages.append(
            MessageDescriptor(
                name: name, fields: fields, isMapEntry: message.options?.mapEntry ?? false))
        enums += message.enumType.map { EnumDescriptor($0, scope: name) }
        for nested in message.nestedType { try add(nested, scope: name) }
    }
}

extension FieldDescriptor {
    fileprivate init(
        _ field: FieldDescriptorProto, in message: DescriptorProto, named messageName: String
    ) throws(DescriptorError) {
        guard !field.jsonName.isEmpty else {
            throw DescriptorError(
                .malformed, "\(messageName).\(field.name) has no json_name; protoc writes it")
        }
        let type = try FieldType(field, in: messageName)
        let isRepeated = field.label == 3
        self.init(
            name: field.name, number: Int(field.number), type: type, isRepeated: isRepeated,
            jsonName: field.jsonName)
        isPacked = isRepeated && type.isPackable && (field.options?.packed ?? true)
        if let index = field.oneofIndex, !field.proto3Optional {
            guard message.oneofDecl.indices.contains(Int(index)) else {
                throw DescriptorError(.malformed, "\(messageName).\(field.name): oneof \(index)")
            }
            oneof = message.oneofDecl[Int(index)].name
        }
        let isMessage = if case .message = type { true } else { false }
        hasPresence = !isRepeated && (isMessage || oneof != nil || field.proto3Optional)
    }
}

extension FieldType {
    fileprivate init(
        _ field: FieldDescriptorProto, in messageName: String
    ) throws(DescriptorError) {
        guard let kind = FieldKind(rawValue: field.type) else {
            throw DescriptorError(
                .unsupported, "\(messageName).\(field.name) has type \(field.type)")
        }
        self =
            switch kind {
            case .message: .message(try absolute(field.typeName))
            case .enumeration: .enumeration(try absolute(field.typeName))
            case .double: .double
            case .float: .float
            case .int32: .int32
            case .int64: .int64
            case .uint32: .uint32
            case .uint64: .uint64
            case .sint32: .sint32
            case .sint64: .sint64
            case .fixed32: .fixed32
            case .fixed64: .fixed64
            case .sfixed32: .sfixed32
            case .sfixed64: .sfixed64
            case .bool: .bool
            case .string: .string
            case .bytes: .bytes
            }
    }
}

extension EnumDescriptor {
    fileprivate init(_ type: EnumDescriptorProto, scope: String) {
        self.init(
            name: joined(scope, type.name),
            values: type.value.map { Value(name: $0.name, number: $0.number) })
    }
}

private func joined(_ scope: String, _ name: String) -> String {
    scope.isEmpty ? name : scope + "." + name
}

/// protoc writes references in full, with a leading dot.
private func absolute(_ name: String) throws(DescriptorError) -> String {
    guard name.hasPrefix(".") else {
        throw DescriptorError(.malformed, "\"\(name)\" is not a full type name")
    }
    return String(name.dropFirst())
}
