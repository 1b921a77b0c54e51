import Foundation

/// Decodes and encodes each payload with each codec, a program each.
struct CodecRun {
    let folder: URL

    private static let peers: [(name: String, program: String)] = [
        ("usher", "CodecUsher"), ("swift-protobuf", "CodecSwiftProtobuf"),
        ("libprotobuf-c", "codec-protobuf-c"), ("upb", "codec-upb"),
    ]

    func run(rounds: Int) throws {
        let set = folder.appending(path: "booking.set").path()
        for payload in ["booking", "descriptor"] {
            for operation in ["decode", "encode"] {
                var samples = [String: Samples]()
                for round in 1...rounds {
                    note("codec: \(operation) \(payload), round \(round) of \(rounds)")
                    for peer in Self.peers {
                        samples[peer.name, default: Samples()].values += try numbers(
                            folder.appending(path: peer.program),
                            [
                                operation, payload,
                                folder.appending(path: "\(payload).bin").path(), "200",
                            ], environment: ["BOOKING_SET": set])
                    }
                }
                show(operation, payload, samples)
            }
        }
    }

    private func show(_ operation: String, _ payload: String, _ samples: [String: Samples]) {
        let own = samples["usher"] ?? Samples()
        print("\n\(operation) \(payload)        ns of CPU   (median)   × usher")
        for peer in Self.peers {
            guard let those = samples[peer.name] else { continue }
            print(
                "  " + cell(peer.name, width: 16) + cell(those.least) + cell(those.median)
                    + cell(those.least / own.least, 2, width: 10))
        }
    }
}
