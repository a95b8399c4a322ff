import Glibc
import Testing
import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@testable import VedetteBehavior

/// What speaks of the logs themselves.
@Suite("Log integrity")
struct LogIntegrityTests {
  private static let hour = 3_600.0
  private static let day = 86_400.0

  private func integrity() -> LogIntegrity {
    LogIntegrity(identifier: World.identifier, foldNanoseconds: 3_600_000_000_000)
  }

  private func findings(
    _ seconds: [Double],
    of source: String = "a.log",
    batch: Int = 1_000,
    in integrity: inout LogIntegrity
  ) throws -> [Finding] {
    let events = World.ordered(
      seconds.map {
        var event = WorldEvent($0)
        event.host = "web1"
        return event
      }
    )
    var findings: [Finding] = []
    for batch in try World.batches(events, of: batch, source: source) {
      findings += integrity.observe(batch, latenessNanoseconds: World.lateness).map(Self.finding)
    }
    return findings
  }

  private static func finding(_ change: FindingChange) -> Finding {
    guard case .upsert(let finding) = change else { fatalError("nothing is merged") }
    return finding
  }

  /// An event a minute for as many days, but for where nothing is wanted.
  private func minutes(_ days: Int, where isOn: (Double) -> Bool = { _ in true }) -> [Double] {
    (0..<days * 1_440).map { Double($0) * 60 }.filter(isOn)
  }

  /// Of an office: eight to eighteen, Monday to Friday.
  private func isOfficeHour(_ seconds: Double) -> Bool {
    let hourOfDay = seconds.truncatingRemainder(dividingBy: Self.day) / Self.hour
    let weekday = Int(seconds / Self.day) % 7
    return weekday < 5 && hourOfDay >= 8 && hourOfDay < 18
  }

  @Test("a busy source that is silent for an hour is found when it speaks again")
  func silence() throws {
    var integrity = integrity()
    let gap = 10 * Self.day + 9 * Self.hour
    let found = try findings(
      minutes(12) { $0 < gap || $0 >= gap + Self.hour },
      in: &integrity
    )
    #expect(found.map(\.title) == ["A source went silent"])
    let finding = try #require(found.first)
    #expect(finding.severity == .medium)
    #expect(finding.score == 45)
    #expect(finding.explanation.terms.reduce(0) { $0 + $1.contribution } == 45)
    #expect(finding.time.nanosecondsSinceEpoch == World.start + Int64(gap - 60) * 1_000_000_000)
    #expect(finding.explanation.terms.first?.observed == 61)
    #expect(finding.explanation.terms.first?.bound == 30)
    #expect(finding.entities == [Entity(type: .host, value: "web1", role: .target)])
    #expect(finding.evidence.count == 1)
    #expect(finding.explanation.summary.contains("nothing came for 61 min"))
  }

  @Test("the same is found however the events are cut into batches", arguments: [1, 7, 8_000])
  func batches(_ size: Int) throws {
    var (one, other) = (integrity(), integrity())
    let seconds = minutes(9) { $0 < 8.5 * Self.day || $0 >= 8.6 * Self.day }
    let reference = try findings(seconds, in: &one)
    #expect(reference.count == 1)
    #expect(try findings(seconds, batch: size, in: &other) == reference)
  }

  @Test("nights and weekends of an office are no silence, a missing morning is")
  func office() throws {
    var quiet = integrity()
    #expect(try findings(minutes(60, where: isOfficeHour), in: &quiet).isEmpty)
    var missing = integrity()
    // Wednesday of the fifth week, ten to twelve.
    let from = 30 * Self.day + 10 * Self.hour
    let found = try findings(
      minutes(60) { isOfficeHour($0) && ($0 < from || $0 >= from + 2 * Self.hour) },
      in: &missing
    )
    #expect(found.count == 1)
  }

  @Test("a source without a rhythm is seldom said to be silent")
  func sporadic() throws {
    var total = 0
    for seed in 0..<20 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      var integrity = integrity()
      var seconds: [Double] = []
      var time = 0.0
      while time < 90 * Self.day {
        // A memoryless source of two hours on average.
        time += -2 * Self.hour * log(1 - random.nextUnit())
        seconds.append(time)
      }
      total += try findings(seconds, in: &integrity).count
    }
    // 1,800 days of 12 events each: at most one in a hundred days.
    #expect(total <= 18, "\(total)")
  }

  @Test("nothing is said in the first week")
  func learning() throws {
    var integrity = integrity()
    let found = try findings(
      minutes(7) { $0 < 6 * Self.day || $0 >= 6.5 * Self.day },
      in: &integrity
    )
    #expect(found.isEmpty)
  }

  @Test("a silence that has not ended is told by the time of other sources, and is the same later")
  func open() throws {
    var integrity = integrity()
    let end = 10 * Self.day
    _ = try findings(minutes(10), in: &integrity)
    _ = try findings([end + 20 * 60], of: "b.log", in: &integrity)
    #expect(integrity.silences(now: nil).isEmpty)
    _ = try findings([end + 2 * Self.hour], of: "b.log", in: &integrity)
    let told = integrity.silences(now: nil).map(Self.finding)
    #expect(told.count == 1)
    #expect(told.first?.explanation.summary.contains("for over 30 min") == true)
    #expect(integrity.silences(now: nil).isEmpty)
    let later = try findings([end + 3 * Self.hour], in: &integrity)
    #expect(later.map(\.id) == told.map(\.id))
    #expect(later.first?.explanation.summary.contains("nothing came for 3 h") == true)
  }

  @Test("numbers that are missing are told once, where the writer leaves none out")
  func gaps() throws {
    var tracker = SequenceTracker()
    let evidence = Evidence(
      time: nil,
      origin: RecordOrigin(path: "a", line: 1, offset: 0, length: 0),
      raw: []
    )
    for number in 1...1_000 as ClosedRange<Int64> { tracker.note(number, at: number) { evidence } }
    tracker.note(1_011, at: 1_011) { evidence }
    #expect(tracker.settle(before: 1_011).isEmpty)
    // One of them comes late.
    tracker.note(1_005, at: 1_012) { evidence }
    let settled = tracker.settle(before: 1_012)
    #expect(settled.map(\.range) == [1_001...1_010])
    #expect(settled.map(\.missing) == [9])
    #expect(tracker.settle(before: .max).isEmpty)
  }

  @Test("a gap that is filled, a writer that leaves out, a new beginning: no gap")
  func noGaps() {
    let evidence = Evidence(
      time: nil,
      origin: RecordOrigin(path: "a", line: 1, offset: 0, length: 0),
      raw: []
    )
    var filled = SequenceTracker()
    for number in 1...1_000 as ClosedRange<Int64> { filled.note(number, at: 0) { evidence } }
    filled.note(1_003, at: 1) { evidence }
    filled.note(1_001, at: 2) { evidence }
    filled.note(1_002, at: 2) { evidence }
    #expect(filled.settle(before: .max).isEmpty)
    var sparse = SequenceTracker()
    for number in 1...2_000 as ClosedRange<Int64> { sparse.note(number * 3, at: 0) { evidence } }
    #expect(sparse.settle(before: .max).isEmpty)
    var anew = SequenceTracker()
    for number in 1...1_000 as ClosedRange<Int64> { anew.note(number, at: 0) { evidence } }
    for number in 1...500 as ClosedRange<Int64> { anew.note(number, at: 1) { evidence } }
    anew.note(501, at: 2) { evidence }
    #expect(anew.settle(before: .max).isEmpty)
    #expect(anew.highest == 501)
  }

  @Test("a cut log is a finding of medium; further ones of the host are part of it")
  func tampering() throws {
    var integrity = integrity()
    _ = try findings([0, 60], of: "a.log", in: &integrity)
    _ = try findings([0, 120], of: "b.log", in: &integrity)
    let now = EventTime(nanosecondsSinceEpoch: 0)
    let first = integrity.note(.cutShort(bytesBefore: 10), of: "a.log", SourceID("a.log"), at: now)
    let second = integrity.note(
      .overwritten(bytesBefore: 20),
      of: "b.log",
      SourceID("b.log"),
      at: now
    )
    let (one, both) = try (
      Self.finding(#require(first.first)), Self.finding(#require(second.first))
    )
    #expect(one.severity == .medium)
    #expect(one.id == both.id)
    #expect(both.count == 2)
    #expect(both.sources == [SourceID("a.log"), SourceID("b.log")])
    #expect(both.evidence.count == 2)
    #expect(one.explanation.summary.contains("a.log: cut short after 10 bytes"))
    #expect(both.explanation.summary.contains("a.log, b.log: cut short or overwritten"))
    // A day later it is another.
    _ = try findings([86_400], of: "a.log", in: &integrity)
    let third = integrity.note(.cutShort(bytesBefore: 5), of: "a.log", SourceID("a.log"), at: now)
    #expect(Self.finding(try #require(third.first)).id != one.id)
  }

  @Test(
    "a clock that is steadily off is told once, one that is read late is not",
    arguments: [
      (-600.0, 0.0, 1), (600.0, 0.0, 1), (-60.0, 0.0, 0), (-6_000.0, 20.0, 0), (7_200.0, 0.0, 1),
    ]
  )
  func clock(_ offset: Double, _ drift: Double, _ count: Int) throws {
    var integrity = integrity()
    var found = 0
    for step in 0..<60 {
      let now = Double(step) * 31
      let events = [WorldEvent(now + offset + drift * Double(step))]
      for batch in try World.batches(events, of: 10) {
        _ = integrity.observe(batch, latenessNanoseconds: World.lateness)
        let time = EventTime(nanosecondsSinceEpoch: World.start + Int64(now * 1e9))
        found += integrity.noteArrival(batch, at: time).count
      }
    }
    #expect(found == count)
  }

  @Test("state that was saved and restored goes on the same")
  func state() throws {
    let seconds = minutes(9) { $0 < 8.5 * Self.day || $0 >= 8.6 * Self.day }
    var whole = integrity()
    let reference = try findings(seconds, in: &whole)
    var first = integrity()
    _ = try findings(seconds.filter { $0 < 8.2 * Self.day }, in: &first)
    _ = first.note(
      .cutShort(bytesBefore: 1),
      of: "x",
      SourceID("x"),
      at: EventTime(nanosecondsSinceEpoch: 1)
    )
    var second = integrity()
    try second.restore(first.changes())
    #expect(first.changes().isEmpty)
    #expect(
      try findings(seconds.filter { $0 >= 8.2 * Self.day }, in: &second).map(\.id)
        == reference.map(\.id)
    )
    #expect(second.tampered == first.tampered)
    for row in whole.changes() {
      var damaged = integrity()
      let bytes = try #require(row.bytes)
      let cut = StateRow(
        detector: row.detector,
        shard: 0,
        key: row.key,
        bytes: Array(bytes.dropLast(3))
      )
      #expect(throws: StateError.self) { try damaged.restore([cut]) }
    }
  }
}
