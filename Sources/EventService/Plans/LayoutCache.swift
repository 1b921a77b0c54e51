import Foundation
import NIOPosix
import RPC
import SeatingPlan
import ServiceKit

/// The layouts of the plans in use. A plan never changes under its id, so that a layout is read
/// once; of many who ask for one that is not there, one reads and the others wait.
actor LayoutCache {
    /// Layouts kept at most; the one unused for longest goes first.
    private static let layoutsMax = 64

    private let store: PlanStore
    private let threads: NIOThreadPool
    private var layouts: [PlanID: (layout: PlanLayout, used: UInt64)] = [:]
    private var waiting: [PlanID: [CheckedContinuation<Void, Never>]] = [:]
    private var clock: UInt64 = 0

    /// A cache that reads from a store.
    ///
    /// - Parameter threads: where documents are read: a large one takes a second.
    init(store: PlanStore, threads: NIOThreadPool) {
        self.store = store
        self.threads = threads
    }

    /// The layout of a plan.
    ///
    /// - Throws: NOT_FOUND for a plan that does not exist.
    func layout(_ plan: PlanID) async throws -> PlanLayout {
        while true {
            if let layout = recall(plan) {
                return layout
            }
            guard waiting[plan] != nil else {
                break
            }
            await withCheckedContinuation { waiting[plan, default: []].append($0) }
            try Task.checkCancellation()
        }
        waiting[plan] = []
        defer {
            for waiter in waiting.removeValue(forKey: plan) ?? [] {
                waiter.resume()
            }
        }
        let layout = try await read(plan)
        keep(layout, of: plan)
        return layout
    }

    private func recall(_ plan: PlanID) -> PlanLayout? {
        clock += 1
        layouts[plan]?.used = clock
        return layouts[plan]?.layout
    }

    private func keep(_ layout: PlanLayout, of plan: PlanID) {
        if layouts.count >= Self.layoutsMax,
            let oldest = layouts.min(by: { $0.value.used < $1.value.used })?.key
        {
            layouts[oldest] = nil
        }
        layouts[plan] = (layout, clock)
    }

    private func read(_ plan: PlanID) async throws -> PlanLayout {
        guard let document = try await store.document(plan) else {
            throw RPCError.notFound("plan_unknown", "there is no plan \"\(plan)\"")
        }
        return try await threads.runIfActive {
            try PlanLayout(Plan(json: document))
        }
    }
}
