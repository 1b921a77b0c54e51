import Wire

extension ConformanceRequest {
    /// Does what the request asks for.
    package func answer() -> ConformanceResponse {
        if messageType == FailureSet.protoName {
            // Nothing is expected to fail.
            return ConformanceResponse(.protobuf(FailureSet().serialized()))
        }
        guard messageType == TestAllTypesProto3.protoName else {
            return ConformanceResponse(.skipped("proto2 is not spoken here"))
        }
        guard requestedOutputFormat == .protobuf || requestedOutputFormat == .json else {
            return ConformanceResponse(.skipped("\(requestedOutputFormat) is not spoken here"))
        }
        let types = KnownTypes([TestAllTypesProto3.self])
        let message: TestAllTypesProto3
        do {
            switch payload {
            case .protobuf(let bytes): message = try TestAllTypesProto3(serialized: bytes)
            case .json(let text):
                let options = JSONDecodingOptions(
                    ignoresUnknownFields: testCategory == .jsonIgnoringUnknown, types: types)
                message = try TestAllTypesProto3(json: Array(text.utf8), options: options)
            case .jspb, .text, nil:
                return ConformanceResponse(.skipped("the payload's format is not spoken here"))
            }
        } catch {
            return ConformanceResponse(.parseError("\(error)"))
        }
        guard requestedOutputFormat == .json else {
            return ConformanceResponse(.protobuf(message.serialized()))
        }
        do {
            let bytes = try message.jsonBytes(options: JSONEncodingOptions(types: types))
            return ConformanceResponse(.json(String(decoding: bytes, as: UTF8.self)))
        } catch {
            return ConformanceResponse(.serializeError("\(error)"))
        }
    }
}
