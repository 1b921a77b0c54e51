import Contracts
import Descriptors
import JSON
import RPC
import Testing
import Wire

@testable import usher

@Suite("Service catalogue")
struct ServiceCatalogueTests {
    /// As servers of this version tell it.
    private static let catalogue = ServiceCatalogue(
        .with {
            $0.services = Contracts.services.map { service in
                .with {
                    $0.name = service.name
                    $0.methods = service.methods.map { method in
                        .with {
                            $0.name = method.name
                            $0.requestType = method.requestType.protoName
                            $0.responseType = method.responseType.protoName
                            $0.clientStreaming = method.kind.clientStreams
                            $0.serverStreaming = method.kind.serverStreams
                            $0.idempotent = method.isIdempotent
                        }
                    }
                }
            }
        })

    @Test(
        "a method is found by its full name, its service's bare name, or its package's",
        arguments: ["usher.auth.v1.AuthService/GetMe", "AuthService/GetMe", "auth/GetMe"])
    func names(name: String) throws {
        let method = try Self.catalogue.method(named: MethodName(name))
        #expect(method.service == "usher.auth.v1.AuthService")
        #expect(method.name == "GetMe")
        #expect(method.requestType == AuthV1.AuthService.getMe.requestType.protoName)
        #expect(method.isIdempotent)
    }

    @Test("what every server has is found by its own names, not by its package's")
    func health() throws {
        #expect(try Self.catalogue.service(named: "Health").methods.map(\.name) == ["Check"])
        #expect(throws: StartError.self) { try Self.catalogue.service(named: "rpc") }
    }

    @Test(
        "what is not there is named, with what is",
        arguments: [
            ("nope/GetMe", "usher.booking.v1.BookingService"), ("auth/Nope", "GetMe"),
            ("auth", "lists"), ("a/b/c", "lists"), ("/", "usher.event.v1.EventService"),
        ])
    func unknown(name: String, advice: String) throws {
        let error = try #require(throws: StartError.self) {
            try Self.catalogue.method(named: MethodName(name))
        }
        #expect(error.advice.contains(advice), "\(error)")
    }

    @Test("a set of descriptors tells the same as a server, but for what is idempotent")
    func ofDescriptors() throws {
        var builder = DescriptorSetBuilder()
        builder.add(Contracts.all)
        let set = try DescriptorSet(serialized: builder.set.serialized())
        for service in ServiceCatalogue(set).services {
            var told = try Self.catalogue.service(named: service.name).methods
            for index in told.indices { told[index].isIdempotent = false }
            #expect(service.methods == told)
        }
        #expect(ServiceCatalogue(set).services.count == Contracts.services.count)
    }

    @Test("merging keeps each service once")
    func merged() {
        let both = Self.catalogue.merged(with: Self.catalogue)
        #expect(both.services == Self.catalogue.services)
        let names = ServiceCatalogue([]).merged(with: both).services.map(\.name)
        #expect(names == Contracts.services.map { $0.name })
    }

    @Test("a line has the messages, and the kind where it is not unary")
    func lines() {
        var method = CallableMethod(
            service: "a.B", name: "C", requestType: "a.CRequest", responseType: "a.CResponse")
        #expect(method.line == "a.B/C  a.CRequest → a.CResponse")
        method.kind = .serverStream
        #expect(method.line.hasSuffix("  (serverStream)"))
    }

    @Test("JSON is indented by two spaces, and stays what it was")
    func indented() throws {
        let value: JSONValue = [
            "a": ["b": [], "c": ["x", 1]], "d": [:], "e \"": .null,
        ]
        let text = """
            {
              "a": {
                "b": [],
                "c": [
                  "x",
                  1
                ]
              },
              "d": {},
              "e \\"": null
            }
            """
        #expect(value.indented == text)
        #expect(try JSONValue(parsing: Array(value.indented.utf8)) == value)
    }
}
