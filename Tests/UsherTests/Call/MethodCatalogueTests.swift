import Contracts
import JSON
import Testing
import Wire

@testable import usher

@Suite("Method catalogue")
struct MethodCatalogueTests {
    @Test(
        "a method is found by its full name, its service's bare name, or its package's",
        arguments: ["usher.auth.v1.AuthService/GetMe", "AuthService/GetMe", "auth/GetMe"])
    func names(name: String) throws {
        let method = try MethodCatalogue.method(named: name)
        #expect(method.service == "usher.auth.v1.AuthService")
        #expect(method.name == "GetMe")
        #expect(MethodCatalogue.process(of: method) == "auth")
    }

    @Test("what every process serves belongs to none")
    func health() throws {
        let method = try MethodCatalogue.method(named: "Health/Check")
        #expect(MethodCatalogue.process(of: method) == nil)
    }

    @Test(
        "what is not there is named, with what is",
        arguments: [
            ("nope/GetMe", "usher.booking.v1.BookingService"), ("auth/Nope", "GetMe"),
            ("auth", "lists"), ("a/b/c", "lists"), ("/", "usher.event.v1.EventService"),
        ])
    func unknown(name: String, advice: String) throws {
        let error = try #require(throws: StartError.self) {
            try MethodCatalogue.method(named: name)
        }
        #expect(error.advice.contains(advice), "\(error)")
    }

    @Test("every service lists every method, with its messages")
    func lists() {
        for service in Contracts.services {
            let lines = MethodCatalogue.lines(of: service)
            #expect(lines.count == service.methods.count)
            for (line, method) in zip(lines, service.methods) {
                #expect(line.hasPrefix("\(service.name)/\(method.name)  "))
                #expect(line.contains(method.requestType.protoName))
            }
        }
    }

    @Test("a skeleton names the fields of its message, and decodes as that message")
    func skeletons() throws {
        let types = KnownTypes(Contracts.messages)
        var count = 0
        for message in Contracts.messages {
            let skeleton = MethodCatalogue.skeleton(of: message)
            _ = try message.init(
                json: Array(skeleton.indented.utf8), options: JSONDecodingOptions(types: types))
            let members = try #require(skeleton.object, "\(message.protoName)")
            let lonely = message.fields.filter { $0.oneof == nil }
            #expect(Set(lonely.map(\.jsonName)).isSubset(of: members.map(\.name)))
            count += members.count
        }
        #expect(count > 300, "the skeletons are empty")
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
