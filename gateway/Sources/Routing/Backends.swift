package import RPC

/// The services behind the gateway.
package struct Backends: Sendable {
    let auth: RPCClient
    let event: RPCClient
    let booking: RPCClient
    let payment: RPCClient
    let notification: RPCClient

    /// A client for each service.
    package init(
        auth: RPCClient, event: RPCClient, booking: RPCClient, payment: RPCClient,
        notification: RPCClient
    ) {
        self.auth = auth
        self.event = event
        self.booking = booking
        self.payment = payment
        self.notification = notification
    }

    var all: [RPCClient] { [auth, event, booking, payment, notification] }
}
