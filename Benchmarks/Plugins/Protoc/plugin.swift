import Foundation
import PackagePlugin

/// Runs Debian's protoc with swift-protobuf's generator over a target's .proto files. (The plugin of
/// swift-protobuf builds protoc itself first, for some ten minutes.)
@main
struct Protoc: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        guard let target = target as? any SourceModuleTarget else { return [] }
        let generator = try context.tool(named: "protoc-gen-swift").url
        let output = context.pluginWorkDirectoryURL
        return target.sourceFiles(withSuffix: "proto").map { file in
            let name = file.url.deletingPathExtension().lastPathComponent
            return .buildCommand(
                displayName: "protoc \(file.url.lastPathComponent)",
                executable: URL(filePath: "/usr/bin/protoc"),
                arguments: [
                    "--plugin=protoc-gen-swift=\(generator.path())",
                    "--swift_out=\(output.path())",
                    "--proto_path=\(file.url.deletingLastPathComponent().path())",
                    file.url.path(),
                ],
                inputFiles: [file.url],
                outputFiles: [output.appending(path: "\(name).pb.swift")])
        }
    }
}
