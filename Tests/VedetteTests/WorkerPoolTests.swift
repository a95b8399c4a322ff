import Foundation
import Synchronization
import Testing

@testable import Vedette

@Suite("Worker pool", .timeLimit(.minutes(5)))
struct WorkerPoolTests {
  /// Counts up, and how often it was asked over all lanes.
  struct Numbers: ChunkReader {
    var upcoming: Int
    var end = Int.max
    let reads: Reads

    mutating func next() -> Int? {
      guard upcoming < end else { return nil }
      reads.count.add(1, ordering: .sequentiallyConsistent)
      defer { upcoming += 1 }
      return upcoming
    }
  }

  final class Reads: Sendable {
    let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
  }

  /// Squares, taking longer for some than for others so that workers overtake each other.
  struct Squaring: ChunkParser {
    func parse(_ chunk: Int) -> [Int] {
      if chunk % 7 == 0 { usleep(300) }
      return [chunk &* chunk]
    }
  }

  struct Refusal: Error, Equatable {}

  static func pool(_ lanes: [Range<Int>], depth: Int, reads: Reads) -> WorkerPool<Numbers, Int> {
    WorkerPool(
      readers: lanes.map { Numbers(upcoming: $0.lowerBound, end: $0.upperBound, reads: reads) },
      depth: depth
    )
  }

  @Test("each lane comes in its order on any number of threads", arguments: [1, 2, 8], [1, 4])
  func order(workers: Int, depth: Int) {
    let lanes = [0..<60, 1_000..<1_025, 5..<5, 2_000..<2_001]
    let reads = Reads()
    let pool = Self.pool(lanes, depth: depth, reads: reads)
    var taken: [[Int]] = lanes.map { _ in [] }
    pool.run(workers: workers, makeParser: { Squaring() }) {
      // In turn, so that each lane is waited for while the others are full.
      var open = Set(lanes.indices)
      while !open.isEmpty {
        for lane in lanes.indices where open.contains(lane) {
          if let value = pool.take(lane: lane) {
            taken[lane].append(value)
          } else {
            open.remove(lane)
          }
        }
      }
    }
    #expect(taken == lanes.map { $0.map { $0 * $0 } })
    #expect(reads.value == lanes.reduce(0) { $0 + $1.count })
  }

  @Test("no more is read than may wait to be taken", arguments: [1, 2, 8], [1, 3])
  func depthIsBounded(workers: Int, depth: Int) {
    let reads = Reads()
    let pool = Self.pool([0..<1_000, 0..<1_000], depth: depth, reads: reads)
    pool.run(workers: workers, makeParser: { Squaring() }) {
      while reads.value < 2 * depth { usleep(100) }
      usleep(20_000)
      #expect(reads.value == 2 * depth)
      for count in 1...20 {
        _ = pool.take(lane: 0)
        #expect(reads.value <= 2 * depth + count)
      }
    }
  }

  @Test("a consumer that returns stops the workers, whatever is left", arguments: [1, 8])
  func stops(workers: Int) {
    let reads = Reads()
    let pool = Self.pool([0..<Int.max], depth: 4, reads: reads)
    pool.run(workers: workers, makeParser: { Squaring() }) {
      for _ in 0..<5 { _ = pool.take(lane: 0) }
    }
    #expect((5...9).contains(reads.value))
  }

  @Test("what the consumer throws comes out, and the workers are stopped")
  func throwing() {
    let pool = Self.pool([0..<Int.max], depth: 4, reads: Reads())
    #expect(throws: Refusal()) {
      try pool.run(workers: 2, makeParser: { Squaring() }) { () throws(Refusal) in
        _ = pool.take(lane: 0)
        throw Refusal()
      }
    }
  }

  @Test("taking with a time limit tells the end from nothing yet")
  func timeLimit() {
    let pool = Self.pool([0..<1], depth: 1, reads: Reads())
    pool.run(workers: 1, makeParser: { Squaring() }) {
      var values: [Int] = []
      var ended = false
      while !ended {
        switch pool.take(lane: 0, milliseconds: 5) {
        case .some(.some(let value)): values.append(value)
        case .some(.none): ended = true
        case .none: break
        }
      }
      #expect(values == [0])
    }
  }

  @Test("without lanes there is nothing to do")
  func noLanes() {
    let pool = Self.pool([], depth: 1, reads: Reads())
    #expect(pool.laneCount == 0)
    pool.run(workers: 2, makeParser: { Squaring() }) {}
  }
}
