package import Wire

/// Everything that `proto/` declares, for whoever must look at all of it: contract tests, `usher
/// call`, metrics that start at zero.
package enum Contracts {
    /// Every service.
    package static let services: [any ServiceContract.Type] = [
        AuthV1.AuthService.self,
        BookingV1.BookingService.self,
        EventV1.EventService.self,
        NotificationV1.NotificationService.self,
        PaymentV1.PaymentService.self,
        RPCV1.Control.self,
        RPCV1.Feeds.self,
        RPCV1.Health.self,
        RPCV1.Reflection.self,
    ]

    /// Every message.
    package static let messages: [any Message.Type] =
        AuthV1.messages + BookingV1.messages + EventV1.messages + NotificationV1.messages
        + PaymentV1.messages + RPCV1.messages

    /// Every enum.
    package static let enums: [any ProtoEnum.Type] = [
        AuthV1.Role.self,
        BookingV1.BookingState.self, BookingV1.BookingKind.self,
        EventV1.EventState.self,
        EventV1.HoldState.self,
        EventV1.PlaceState.self,
        EventV1.WaitingState.self,
        NotificationV1.TicketState.self,
        PaymentV1.PaymentState.self, PaymentV1.RefundState.self,
        RPCV1.ServingState.self,
    ]

    /// All of it with the well-known types of the transport: what servers' reflection shows.
    package static let all = ContractSet(
        services: services,
        messages: messages + [AnyMessage.self, ProtoDuration.self, Timestamp.self],
        enums: enums)
}
