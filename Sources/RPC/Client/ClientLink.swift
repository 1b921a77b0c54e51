import NIOCore
import NIOPosix
import Synchronization
import Wire

/// One connection to one address, made when it is needed and made again when it is lost. Thread-
/// safe; what it does, it does on its event loop.
final class ClientLink: Sendable {
    private enum Message: Sendable {
        case submit(ClientCall)
        case hasWrites(ClientCall)
        case grant(ClientCall)
        case reconnect
        case dropAnswered
        case close
        case cut
    }

    let address: RPCAddress
    /// Which of the client's addresses.
    let addressIndex: Int
    private let mailbox: LoopMailbox<Message>
    private let core: NIOLoopBoundBox<Core>
    /// Calls that were given to it and have no answer yet.
    let load = Atomic<Int>(0)
    private let health = Atomic<Bool>(true)
    private let closed: EventLoopPromise<Void>

    var eventLoop: any EventLoop { mailbox.eventLoop }

    /// False after a failure, until a connection is there again.
    var isHealthy: Bool { health.load(ordering: .relaxed) }

    /// `hasAlternatives`: there are other addresses that can serve the same calls.
    init(
        address: RPCAddress, addressIndex: Int = 0, hasAlternatives: Bool = false,
        configuration: RPCClientConfiguration, eventLoop: any EventLoop
    ) {
        self.address = address
        self.addressIndex = addressIndex
        mailbox = LoopMailbox(eventLoop: eventLoop)
        closed = eventLoop.makePromise()
        core = .makeBoxSendingValue(
            Core(
                address: address, hasAlternatives: hasAlternatives, configuration: configuration,
                eventLoop: eventLoop),
            eventLoop: eventLoop)
        eventLoop.execute { self.start() }
    }

    private func start() {
        let core = core.value
        core.reportHealth = { [weak self] isHealthy in
            self?.health.store(isHealthy, ordering: .relaxed)
        }
        core.reportClosed = { [closed] in closed.succeed() }
        mailbox.setReceiver { [core] messages in
            for message in messages {
                switch message {
                case .submit(let call): core.submit(call)
                case .hasWrites(let call): core.hasWrites(call)
                case .grant(let call): core.grant(call)
                case .reconnect: core.reconnect()
                case .dropAnswered: core.dropAnswered()
                case .close: core.close()
                case .cut: core.cut()
                }
            }
            core.pump()
        }
    }

    /// Sends the call as soon as it can; it is answered in any case, at its deadline at the latest.
    func submit(_ call: ClientCall) {
        mailbox.post(.submit(call))
    }

    /// A stream has something to send, or has sent all.
    func hasWrites(_ call: ClientCall) {
        mailbox.post(.hasWrites(call))
    }

    /// The reader of a stream has made room for more.
    func grant(_ call: ClientCall) {
        mailbox.post(.grant(call))
    }

    /// Makes a connection though no call waits for one, unless there is one or one is being made.
    func reconnect() {
        mailbox.post(.reconnect)
    }

    /// Some calls were answered by their callers' cancellation: frees their places.
    func dropAnswered() {
        mailbox.post(.dropAnswered)
    }

    /// Takes no more calls; succeeds when the last one is answered.
    func close() -> EventLoopFuture<Void> {
        mailbox.post(.close)
        return closed.futureResult
    }

    /// Closes its connections now; the calls on them fail with UNAVAILABLE.
    func cut() {
        mailbox.post(.cut)
    }
}

extension ClientLink {
    /// The link's state on its loop.
    private final class Core: ClientChannelHandler.Owner {
        private let address: RPCAddress
        private let hasAlternatives: Bool
        private let configuration: RPCClientConfiguration
        private let eventLoop: any EventLoop
        private let turn: LoopTurn
        private var state: ClientLinkState<ClientCall>
        private var current: ClientChannelHandler?
        private var open: [ObjectIdentifier: ClientChannelHandler] = [:]
        /// Which of the open connections writes first.
        private var pumps = 0
        /// Streams go on when the loop has looked after its sockets.
        private var isPumpWaiting = false
        private var timer: (deadline: NIODeadline, scheduled: Scheduled<Void>)?
        /// Why there is no connection, where that is not plain.
        private var connectFailure: TLSHandshakeFailure?
        var reportHealth: (Bool) -> Void = { _ in }
        var reportClosed: () -> Void = {}

        init(
            address: RPCAddress, hasAlternatives: Bool, configuration: RPCClientConfiguration,
            eventLoop: any EventLoop
        ) {
            self.address = address
            self.hasAlternatives = hasAlternatives
            self.configuration = configuration
            self.eventLoop = eventLoop
            turn = .of(eventLoop)
            state = ClientLinkState(
                waitingMax: configuration.callsWaitingMax, backoff: configuration.connectBackoff)
        }

        func submit(_ call: ClientCall) {
            guard !call.isAnswered else { return }
            let now = NIODeadline.now()
            guard call.deadline > now else {
                call.answer(
                    .failure(RPCError(.deadlineExceeded, "the deadline has passed"), isSent: false))
                return
            }
            let entry = ClientLinkState<ClientCall>.Waiting(
                call: call, deadline: call.deadline, connectDeadline: call.connectDeadline)
            switch state.submit(entry, hasRoom: current?.hasRoom ?? false) {
            case .send:
                current?.send(call, now: now)
                retireIfUsedUp()
            case .wait:
                schedule(min(call.deadline, call.connectDeadline))
            case .connect:
                schedule(min(call.deadline, call.connectDeadline))
                connect()
            case .refuse(let error):
                call.answer(.failure(error, isSent: false))
            }
        }

        func hasWrites(_ call: ClientCall) {
            for handler in open.values { handler.hasWrites(call) }
        }

        func grant(_ call: ClientCall) {
            for handler in open.values { handler.grant(call) }
        }

        func reconnect() {
            if state.wantConnection() { connect() }
        }

        func dropAnswered() {
            state.cancel { $0.isAnswered }
            for handler in Array(open.values) { handler.dropAnswered() }
            pump()
        }

        func close() {
            for call in state.close() {
                call.answer(
                    .failure(RPCError(.unavailable, "the client was shut down"), isSent: false))
            }
            timer?.scheduled.cancel()
            timer = nil
            current = nil
            for handler in Array(open.values) { handler.retire() }
            if open.isEmpty { reportClosed() }
        }

        func cut() {
            for handler in Array(open.values) { handler.close() }
        }

        // MARK: Connecting

        private func connect() {
            let bootstrap = ClientBootstrap(group: eventLoop)
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .connectTimeout(configuration.connectTimeout)
                .channelOption(
                    .writeBufferWaterMark,
                    value: .init(
                        low: configuration.outboundSizeMax / 2,
                        high: configuration.outboundSizeMax))
            let connecting =
                switch address {
                case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
                case .tcp(let host, let port):
                    configuration.tls?.connect(
                        bootstrap, host: host, port: port,
                        handshakeTimeout: configuration.connectTimeout)
                        ?? bootstrap.connect(host: host, port: port)
                }
            connecting.assumeIsolated().whenComplete { result in
                switch result {
                case .success(let channel): self.connected(channel)
                case .failure(let error):
                    self.connectFailure = error as? TLSHandshakeFailure
                    self.connectionFailed()
                }
            }
        }

        private func connected(_ channel: any Channel) {
            guard state.phase == .connecting else {
                channel.close(promise: nil)
                return
            }
            let handler = ClientChannelHandler(
                configuration: configuration, owner: self, turn: turn)
            do {
                try channel.pipeline.syncOperations.addHandler(handler)
            } catch {
                channel.close(promise: nil)
                connectionFailed()
                return
            }
            open[ObjectIdentifier(handler)] = handler
            guard channel.isActive else {
                // It closed before the handler was there to see it.
                open[ObjectIdentifier(handler)] = nil
                connectionFailed()
                return
            }
            current = handler
            state.connected()
            connectFailure = nil
            reportHealth(true)
            pump()
        }

        private func connectionFailed() {
            reportHealth(false)
            let random = Double.random(in: 0..<1)
            guard let until = state.failed(now: .now(), random: random) else { return }
            schedule(until)
        }

        func connectionClosed(_ handler: ClientChannelHandler) {
            open[ObjectIdentifier(handler)] = nil
            if current === handler {
                current = nil
                if !handler.hasReceived {
                    connectionFailed()
                } else if state.ended() {
                    connect()
                }
            }
            if state.phase == .closed, open.isEmpty { reportClosed() }
        }

        func connectionGivenUp(_ handler: ClientChannelHandler) {
            guard current === handler else { return }
            current = nil
            connectionFailed()
        }

        /// What the server has not taken is sent again, elsewhere if there is an elsewhere.
        func connectionGoesAway(_ handler: ClientChannelHandler, refused: [ClientCall]) {
            if current === handler {
                current = nil
                reportHealth(false)
                if state.ended() { connect() }
            }
            for call in refused {
                if hasAlternatives || call.kind.clientStreams {
                    call.answer(
                        .failure(
                            RPCError(.unavailable, "the server is shutting down"), isSent: false))
                } else {
                    submit(call)
                }
            }
            handler.retire()
        }

        private func retireIfUsedUp() {
            guard let used = current, used.isUsedUp else { return }
            used.flush()
            current = nil
            used.retire()
            if state.ended() { connect() }
        }

        // MARK: Waiting calls

        func connectionHasRoom(_ handler: ClientChannelHandler) {
            if handler === current, handler.hasReceived { state.succeeded() }
            pump()
        }

        /// Sends what waits, as far as there is room.
        func pump() {
            repeat {
                sendWaiting()
                current?.flush()
            } while state.callsWaiting > 0 && current?.hasRoom == true
            // Streams of a connection that was replaced go on.
            let handlers = Array(open.values)
            pumps &+= 1
            for index in handlers.indices {
                let handler = handlers[(index + pumps) % handlers.count]
                while handler.writeStreams(), handler.flush() {}
                handler.flush()
            }
            // Writers on other threads may be as quick as this: it would never end.
            guard !turn.hasSteps, !isPumpWaiting, handlers.contains(where: \.hasWriters) else {
                return
            }
            isPumpWaiting = true
            turn.later {
                self.isPumpWaiting = false
                self.pump()
            }
        }

        private func sendWaiting() {
            let now = NIODeadline.now()
            while let handler = current, handler.hasRoom, let call = state.takeWaiting() {
                guard !call.isAnswered else { continue }
                guard call.deadline > now else {
                    let error = RPCError(.deadlineExceeded, "the deadline passed while waiting")
                    call.answer(.failure(error, isSent: false))
                    continue
                }
                handler.send(call, now: now)
                retireIfUsedUp()
            }
        }

        private func schedule(_ deadline: NIODeadline) {
            guard deadline < timer?.deadline ?? .distantFuture else { return }
            timer?.scheduled.cancel()
            let scheduled = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
                self.timerFired()
            }
            timer = (deadline, scheduled)
        }

        private func timerFired() {
            timer = nil
            let now = NIODeadline.now()
            if case .backingOff(let until) = state.phase {
                if until <= now {
                    if state.pauseEnded() { connect() }
                } else {
                    schedule(until)
                }
            }
            var expiredWaiting = 0
            for (call, var error) in state.expire(now: now) {
                if call.kind.isUnary, error.code == .deadlineExceeded { expiredWaiting += 1 }
                if let connectFailure, error.code == .unavailable {
                    error.message += ": \(connectFailure)"
                }
                call.answer(.failure(error, isSent: false))
            }
            if expiredWaiting > 0 { current?.expiredWaiting(expiredWaiting, now: now) }
            if let next = state.nextDeadline {
                schedule(max(next, now + .milliseconds(1)))
            }
        }
    }
}
