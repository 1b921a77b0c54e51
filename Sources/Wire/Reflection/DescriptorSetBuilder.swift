/// Makes a google.protobuf.FileDescriptorSet from what Swift messages, enums and methods say of
/// themselves. Names, numbers, types, labels and methods are those of the .proto files; comments and
/// options are not there. A package makes one file, named after it: usher.event.v1 is
/// usher/event/v1/event.proto; the well-known types keep their own.
package struct DescriptorSetBuilder {
    private var files: [String: FileDescriptorProto] = [:]
    private var isSeen: Set<String> = []

    /// Nothing yet.
    package init() {}

    /// The set of all that was added: a file after those that it imports.
    package var set: FileDescriptorSetProto {
        var set = FileDescriptorSetProto()
        var isThere: Set<String> = []
        for name in files.keys.sorted() { append(name, to: &set, &isThere) }
        return set
    }

    private func append(
        _ name: String, to set: inout FileDescriptorSetProto, _ isThere: inout Set<String>
    ) {
        guard isThere.insert(name).inserted, var file = files[name] else { return }
        file.dependency.sort()
        for dependency in file.dependency { append(dependency, to: &set, &isThere) }
        set.file.append(file)
    }

    /// Adds contracts with all that they use.
    package mutating func add(_ contracts: ContractSet) {
        for message in contracts.messages { add(message) }
        for enumeration in contracts.enums { add(enumeration) }
        for service in contracts.services { add(service.name, service.methods) }
    }

    /// Adds a service with its methods and their messages.
    package mutating func add(_ service: String, _ methods: [any AnyMethod]) {
        guard isSeen.insert(service).inserted else { return }
        let place = Place(service)
        var proto = ServiceDescriptorProto()
        proto.name = place.path.joined(separator: ".")
        for method in methods {
            var methodProto = MethodDescriptorProto()
            methodProto.name = method.name
            methodProto.inputType = "." + method.requestType.protoName
            methodProto.outputType = "." + method.responseType.protoName
            methodProto.clientStreaming = method.kind.clientStreams
            methodProto.serverStreaming = method.kind.serverStreams
            proto.method.append(methodProto)
            for type in [method.requestType, method.responseType] {
                add(type)
                use(Place(type.protoName), in: place)
            }
        }
        edit(place) { $0.service.append(proto) }
    }

    private mutating func add(_ type: any Message.Type) {
        guard isSeen.insert(type.protoName).inserted else { return }
        let place = Place(type.protoName)
        var proto = DescriptorProto()
        for field in type.fields {
            proto.add(field, of: type.protoName)
            if let message = field.message { add(message) }
            if let enumeration = field.enumeration { add(enumeration) }
            if let name = field.typeName { use(Place(name), in: place) }
        }
        proto.addOneofsOfOptionals()
        edit(place) { $0.put(proto, at: place.path) }
    }

    private mutating func add(_ type: any ProtoEnum.Type) {
        guard isSeen.insert(type.protoName).inserted else { return }
        let place = Place(type.protoName)
        var proto = EnumDescriptorProto()
        proto.value = type.cases.map { name, number in
            var value = EnumValueDescriptorProto()
            value.name = name
            value.number = number
            return value
        }
        edit(place) { $0.put(proto, at: place.path) }
    }

    private mutating func edit(_ place: Place, _ body: (inout FileDescriptorProto) -> Void) {
        var file = files[place.file] ?? FileDescriptorProto()
        file.name = place.file
        file.package = place.package
        file.syntax = "proto3"
        body(&file)
        files[place.file] = file
    }

    private mutating func use(_ used: Place, in place: Place) {
        guard used.file != place.file else { return }
        edit(place) { file in
            if !file.dependency.contains(used.file) { file.dependency.append(used.file) }
        }
    }
}

/// Where a type is declared, by its full name: packages are written small, types with a capital.
private struct Place {
    let package: String
    /// The type's name, after those that it is nested in.
    let path: [String]
    let file: String

    init(_ name: String) {
        let parts = name.split(separator: ".").map(String.init)
        let isPackage = parts.prefix { $0.first?.isUppercase != true }
        let folders = isPackage.count == parts.count ? isPackage.dropLast() : isPackage
        package = folders.joined(separator: ".")
        path = Array(parts[folders.count...])
        if package == "google.protobuf" {
            file = "google/protobuf/\(path.first?.lowercased() ?? "types").proto"
        } else {
            let isVersion = folders.last?.wholeMatch(of: /v[0-9]+[a-z0-9]*/) != nil
            let noun = isVersion ? folders.dropLast().last : folders.last
            file = (folders + [noun ?? "types"]).joined(separator: "/") + ".proto"
        }
    }
}

extension FileDescriptorProto {
    fileprivate mutating func put(_ message: DescriptorProto, at path: [String]) {
        messageType.put(message, at: path[...])
    }

    fileprivate mutating func put(_ enumeration: EnumDescriptorProto, at path: [String]) {
        var enumeration = enumeration
        enumeration.name = path.last ?? ""
        guard path.count > 1 else { return enumType.append(enumeration) }
        messageType.edit(at: path.dropLast()) { $0.enumType.append(enumeration) }
    }
}

extension [DescriptorProto] {
    fileprivate mutating func put(_ message: DescriptorProto, at path: ArraySlice<String>) {
        edit(at: path) { slot in
            // What was nested in it may have come before it.
            var message = message
            message.name = slot.name
            message.nestedType += slot.nestedType
            message.enumType += slot.enumType
            slot = message
        }
    }

    fileprivate mutating func edit(
        at path: ArraySlice<String>, _ body: (inout DescriptorProto) -> Void
    ) {
        guard let name = path.first else { return }
        if !contains(where: { $0.name == name }) {
            var message = DescriptorProto()
            message.name = name
            append(message)
        }
        guard let index = firstIndex(where: { $0.name == name }) else { return }
        if path.count == 1 {
            body(&self[index])
        } else {
            self[index].nestedType.edit(at: path.dropFirst(), body)
        }
    }
}

extension DescriptorProto {
    /// protoc's name of the message that stands for a map field's entries.
    private static func entryName(of field: String) -> String {
        let words = field.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return words.joined() + "Entry"
    }

    fileprivate mutating func add(_ info: FieldInfo, of message: String) {
        var proto = FieldDescriptorProto(info.name, Int32(info.number), info.kind, info.typeName)
        proto.jsonName = info.jsonName
        switch info.label {
        case .singular: break
        case .optional: proto.proto3Optional = true
        case .repeated:
            proto.label = FieldDescriptorProto.repeated
            if !info.isPacked, info.kind.isPackable {
                proto.options = .with { $0.packed = false }
            }
        case .map:
            let name = Self.entryName(of: info.name)
            nestedType.append(Self.entry(name, info))
            proto.label = FieldDescriptorProto.repeated
            proto.type = FieldKind.message.rawValue
            proto.typeName = ".\(message).\(name)"
        }
        if let oneof = info.oneof {
            if !oneofDecl.contains(where: { $0.name == oneof }) {
                oneofDecl.append(.with { $0.name = oneof })
            }
            proto.oneofIndex = oneofDecl.firstIndex { $0.name == oneof }.map(Int32.init)
        }
        field.append(proto)
    }

    private static func entry(_ name: String, _ info: FieldInfo) -> DescriptorProto {
        .with {
            $0.name = name
            $0.field = [
                FieldDescriptorProto("key", 1, info.keyKind ?? .string, nil),
                FieldDescriptorProto("value", 2, info.kind, info.typeName),
            ]
            $0.options = .with { $0.mapEntry = true }
        }
    }

    /// A proto3 `optional` is the one member of a oneof of its own; those come after the others.
    fileprivate mutating func addOneofsOfOptionals() {
        for index in field.indices where field[index].proto3Optional {
            field[index].oneofIndex = Int32(oneofDecl.count)
            oneofDecl.append(.with { $0.name = "_" + field[index].name })
        }
    }
}

extension FieldDescriptorProto {
    /// Values of `label`.
    fileprivate static let optional: Int32 = 1
    fileprivate static let repeated: Int32 = 3

    fileprivate init(_ name: String, _ number: Int32, _ kind: FieldKind, _ typeName: String?) {
        self.init()
        self.name = name
        self.number = number
        label = Self.optional
        type = kind.rawValue
        self.typeName = typeName.map { "." + $0 } ?? ""
        jsonName = name
    }
}

extension FieldKind {
    fileprivate var isPackable: Bool {
        switch self {
        case .string, .bytes, .message: false
        default: true
        }
    }
}
