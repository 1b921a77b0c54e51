import NIOCore
import NIOPosix
import Synchronization

/// The links of a client, and which of them gets the next call.
final class LinkPicker: Sendable {
    let all: [ClientLink]
    private let next = Atomic<Int>(0)
    private let ejection: Mutex<OutlierEjection>
    /// False as long as no call to any address has failed of late.
    private let isWatchful = Atomic<Bool>(false)

    init(addresses: [RPCAddress], configuration: RPCClientConfiguration) {
        let group = MultiThreadedEventLoopGroup.singleton
        all = addresses.enumerated().flatMap { index, address in
            (0..<max(configuration.connectionsPerAddress, 1)).map { _ in
                ClientLink(
                    address: address, addressIndex: index, hasAlternatives: addresses.count > 1,
                    configuration: configuration, eventLoop: group.next())
            }
        }
        ejection = Mutex(
            OutlierEjection(addresses: addresses.count, settings: configuration.ejection))
    }

    /// The least busy link of the addresses that work; equals take turns. Nil without an address.
    func pick() -> ClientLink? {
        guard all.count > 1 else { return all.first }
        let offset = Int(
            bitPattern: UInt(
                bitPattern: next.wrappingAdd(1, ordering: .relaxed).oldValue) % UInt(all.count))
        var best: (link: ClientLink, load: Int)?
        var isHealthy = !isWatchful.load(ordering: .relaxed)
        for step in all.indices where isHealthy {
            let link = all[(offset + step) % all.count]
            let load = link.load.load(ordering: .relaxed)
            isHealthy = link.isHealthy
            if let best, best.load <= load { continue }
            best = (link, load)
        }
        return isHealthy ? best?.link : pickWatchfully(offset: offset)
    }

    private func pickWatchfully(offset: Int) -> ClientLink? {
        let candidates = all.map { link in
            OutlierEjection.Candidate(
                address: link.addressIndex, load: link.load.load(ordering: .relaxed),
                isReachable: link.isHealthy)
        }
        let choice = ejection.withLock { ejection in
            let choice = ejection.choose(
                candidates, offset: offset, now: .now(), random: .random(in: 0..<1))
            isWatchful.store(!ejection.isCalm, ordering: .relaxed)
            return choice
        }
        guard let choice else { return nil }
        for index in choice.reconnects { all[index].reconnect() }
        return all[choice.index]
    }

    /// How a call to a link ended. Only UNAVAILABLE speaks against its address; a deadline or a
    /// cancellation says nothing.
    func record(_ link: ClientLink, _ code: RPCCode) {
        guard all.count > 1 else { return }
        switch code {
        case .unavailable:
            ejection.withLock { ejection in
                ejection.failed(link.addressIndex, now: .now(), random: .random(in: 0..<1))
                isWatchful.store(true, ordering: .relaxed)
            }
        case .cancelled, .deadlineExceeded:
            break
        default:
            guard isWatchful.load(ordering: .relaxed) else { return }
            ejection.withLock { $0.succeeded(link.addressIndex, now: .now()) }
        }
    }
}
