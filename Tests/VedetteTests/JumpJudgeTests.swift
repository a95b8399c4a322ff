import Testing
import VedetteColumns
import VedetteEvent
import VedetteStatistics

@testable import Vedette

/// A pause, or a stamp that is taken back: told by what follows, wherever batches are cut.
@Suite("Leaps in time")
struct JumpJudgeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// Minutes; `nil` is a row without a time.
    let minutes: [Int64?]
    let strays: [Int]
    var testDescription: String { name }
  }

  /// Rows a minute or so apart.
  private static func row(_ count: Int, from first: Int64 = 0, step: Int64 = 1) -> [Int64?] {
    (0..<count).map { first + Int64($0) * step }
  }

  private static func far(_ count: Int = 1) -> [Int64?] {
    [Int64?](repeating: 40_000_000, count: count)
  }

  private static let twoClocks: [Int64?] = (0..<300).map { index -> Int64 in
    let minute = Int64(index / 2)
    return index.isMultiple(of: 2) ? minute : minute + 60
  }

  private static func named(_ name: String, _ minutes: [Int64?]..., strays: [Int]) -> Case {
    Case(name: name, minutes: minutes.flatMap(\.self), strays: strays)
  }

  static let cases: [Case] = [
    named("nothing", strays: []),
    named("no leap", row(300), strays: []),
    named("a stamp far ahead in the middle", row(100), far(), row(200, from: 100), strays: [100]),
    named("a stamp far ahead at the start", far(), row(300), strays: [0]),
    named("far ahead with one row behind it", row(300), far(), [300], strays: [300]),
    named("far ahead at the end", row(300), far(), strays: []),
    named(
      "thirty in a row",
      row(50),
      far(30),
      row(250, from: 50),
      strays: Array(50..<80)
    ),
    named(
      "every second row",
      (0..<200).map { $0.isMultiple(of: 2) ? Int64($0) : 40_000_000 },
      strays: (0..<100).map { 2 * $0 + 1 }.dropLast()
    ),
    named("more of them than of what follows", far(60), row(61), strays: Array(0..<60)),
    named("a week newest first", row(300, from: 100_000, step: -40), strays: []),
    named("a quarter of an hour ahead", [0, 1, 2, 17, 3, 4, 5, 6], strays: [3]),
    named("within the lateness", [0, 1, 2, 7, 3, 4, 5, 6], strays: []),
    named("a pause of a day", row(300), row(100, from: 1_740), strays: []),
    named("a pause before every row", row(400, step: 60), strays: []),
    named(
      "rows without a time are no answer",
      row(10),
      far(),
      [Int64?](repeating: nil, count: 200),
      row(290, from: 10),
      strays: [10]
    ),
    named("two clocks an hour apart", twoClocks, strays: []),
    named("the newest first", row(300, from: 3_000, step: -1), strays: []),
    named("a late record after a pause", row(100), [500, 98], row(100, from: 501), strays: []),
  ]

  @Test("a stamp that is taken back is told from the end of a pause", arguments: cases)
  func table(_ one: Case) throws {
    for size in [1, 7, 100, 5_000] {
      #expect(try Self.strays(one.minutes, size: size) == one.strays, "batches of \(size)")
    }
  }

  @Test("what is told does not depend on where batches are cut")
  func cuts() throws {
    for seed in UInt64(0)..<40 {
      var random = SplitMix64(seed: seed)
      var now: Int64 = 0
      let minutes = (0..<600).map { _ -> Int64? in
        now += Int64(random.nextBelow(4))
        if random.nextBelow(60) == 0 { now += Int64(random.nextBelow(3_000)) }
        switch random.nextBelow(25) {
        case 0: return now + Int64(random.nextBelow(1_000_000))
        case 1: return nil
        case 2: return now - Int64(random.nextBelow(30))
        default: return now
        }
      }
      let whole = try Self.strays(minutes, size: minutes.count)
      #expect(!whole.isEmpty, "seed \(seed)")
      for size in [1, 3, 64, 255] {
        #expect(try Self.strays(minutes, size: size) == whole, "seed \(seed), batches of \(size)")
      }
    }
  }

  @Test("times at the ends of their range do no harm")
  func extremes() {
    let times: [Int64] = [.min, .max, 0, .max, .min, 1, .max - 1]
    var judge = JumpJudge()
    #expect(judge.strays(in: [Self.batch(times)], isEnd: true, lateness: .max) != nil)
    var other = JumpJudge()
    #expect(other.strays(in: [Self.batch(times)], isEnd: true, lateness: 0) != nil)
  }

  /// Judges rows in batches of a size, each with as many of those after it as it takes.
  private static func strays(_ minutes: [Int64?], size: Int) throws -> [Int] {
    let times = minutes.map { $0.map { $0 * 60_000_000_000 } }
    let batches = stride(from: 0, to: times.count, by: size).map { first in
      batch(Array(times[first..<min(first + size, times.count)]))
    }
    var judge = JumpJudge()
    var found: [Int] = []
    for first in batches.indices {
      var end = first + 1
      var strays: [Int]?
      while strays == nil {
        strays = judge.strays(
          in: Array(batches[first..<end]),
          isEnd: end == batches.count,
          lateness: 300_000_000_000
        )
        end += 1
      }
      found += try #require(strays).map { first * size + $0 }
    }
    return found
  }

  private static func batch(_ times: [Int64?]) -> EventBatch {
    let builder = EventBatchBuilder()
    for (index, time) in times.enumerated() {
      builder.beginRow(
        RecordChunk.Record(start: 0, length: 0, line: index + 1, offset: Int64(index))
      )
      builder.endRow(
        time: time.map(EventTime.init(nanosecondsSinceEpoch:)),
        logSource: LogSource()
      )
    }
    return builder.finish(source: SourceID("test"), path: "test.log", raw: [])
  }
}
