import RandomSupport
import Testing

@testable import Postgres

@Suite("FIFO")
struct FIFOTests {
    @Test func keepsOrderThroughCompaction() {
        var fifo = FIFO<Int>()
        var model: [Int] = []
        var random = SplitMix64(state: 11)
        for step in 0..<10_000 {
            switch random.next() % 16 {
            case 0..<8:
                fifo.append(step)
                model.append(step)
            case 8..<15:
                #expect(fifo.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            default:
                #expect(fifo.removeAll { $0 % 3 == 0 } == model.filter { $0 % 3 == 0 })
                model.removeAll { $0 % 3 == 0 }
            }
            #expect(fifo.count == model.count)
            #expect(fifo.first == model.first)
        }
    }
}
