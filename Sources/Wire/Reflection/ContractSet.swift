/// What reflection tells of: services, and types beside those that they use.
package struct ContractSet: Sendable {
    /// Services, each once.
    package var services: [any ServiceContract.Type]
    /// Messages; those that they or the services' methods hold need not be named.
    package var messages: [any Message.Type]
    /// Enums; as for messages.
    package var enums: [any ProtoEnum.Type]

    /// These and what they use.
    package init(
        services: [any ServiceContract.Type] = [], messages: [any Message.Type] = [],
        enums: [any ProtoEnum.Type] = []
    ) {
        self.services = services
        self.messages = messages
        self.enums = enums
    }
}
