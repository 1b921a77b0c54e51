package import Descriptors
package import Foundation

/// Makes descriptor sets with protoc.
package enum ProtoCompiler {
    /// protoc refused; its own words.
    package struct Refused: Error, CustomStringConvertible {
        package let description: String
    }

    /// The descriptor set of everything below `proto/`, with what it imports and the well-known
    /// types that the transport uses by itself.
    package static func contracts() async throws -> DescriptorSet {
        let wellKnown = ["any", "duration", "timestamp"].map { "google/protobuf/\($0).proto" }
        let bytes = try await descriptorSet(
            of: try Repository.protoFiles() + wellKnown, in: Repository.proto)
        return try DescriptorSet(serialized: bytes)
    }

    /// The serialized descriptor set of these files, whose paths are relative to `folder`.
    package static func descriptorSet(
        of files: [String], in folder: URL, includingImports: Bool = true
    ) async throws -> [UInt8] {
        let scratch = try ScratchFolder()
        let output = scratch.url.appending(path: "set.binpb")
        let imports = includingImports ? ["--include_imports"] : []
        let result = try await Tool.protoc().run(
            ["--proto_path=.", "--descriptor_set_out=\(output.path)"] + imports + files,
            in: folder)
        guard result.status == 0 else { throw Refused(description: result.output) }
        return [UInt8](try Data(contentsOf: output))
    }

    /// The serialized descriptor set of one file with this text.
    package static func descriptorSet(
        source: String, includingImports: Bool = true
    ) async throws -> [UInt8] {
        let scratch = try ScratchFolder()
        try source.write(
            to: scratch.url.appending(path: "test.proto"), atomically: true, encoding: .utf8)
        return try await descriptorSet(
            of: ["test.proto"], in: scratch.url, includingImports: includingImports)
    }
}
