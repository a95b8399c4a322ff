import Testing
import VedetteBehavior
import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@Suite("Determinism of behaviour")
struct DeterminismTests {
  /// A busy day and a half in which everything happens: bursts, new values, odd windows.
  static let events: [WorldEvent] = {
    var events = World.steady(users: 8, days: 1.5, perTenMinutes: 3, seed: 21)
    events += World.burst("user1", at: 30 * World.hour + 120, for: 500, 400)
    events += World.burst("user2", at: 31 * World.hour, for: 1_500, 500)
    for index in 0..<120 {
      var event = WorldEvent(33 * World.hour + Double(index) * 4, user: "user3")
      event.address = "203.0.\(index).9"
      event.host = "target\(index)"
      event.operation = "probe\(index % 40)"
      event.model = "secret\(index % 30)"
      event.isFailure = true
      events.append(event)
    }
    return World.ordered(events)
  }()

  static let expected: [FindingID: Finding] = {
    var detector = World.detector()
    return (try? World.batches(events, of: 8_192)).map { World.findings(&detector, $0) } ?? [:]
  }()

  @Test("the world makes findings of every kind, about every width and several metrics")
  func worldIsWorthIt() {
    let findings = Self.expected.values
    #expect(Set(findings.map(\.detector)) == [.baseline, .newValue, .outlier])
    let features = Set(findings.flatMap(\.explanation.terms).map(\.feature))
    #expect(features.isSuperset(of: ["events", "failures", "tokens", "cost_usd", "model"]))
    #expect(findings.contains { $0.explanation.summary.contains("1 hour") })
    #expect(Self.events.count < 20_000)
  }

  @Test("the cuts between batches change nothing", arguments: [1, 7, 1_000])
  func cuts(size: Int) throws {
    var detector = World.detector()
    let findings = World.findings(&detector, try World.batches(Self.events, of: size))
    #expect(Self.differences(findings).isEmpty)
  }

  @Test("the order of arrival within the lateness changes nothing", arguments: 1...4 as ClosedRange)
  func arrival(seed: UInt64) throws {
    let shuffled = World.shuffled(Self.events, seed: seed)
    #expect(shuffled.map(\.line) != Self.events.map(\.line))
    var detector = World.detector()
    let findings = World.findings(&detector, try World.batches(shuffled, of: 500))
    #expect(detector.summary().counts.late == 0)
    #expect(Self.differences(findings).isEmpty)
  }

  @Test("a restart anywhere changes nothing, neither findings nor state", arguments: [3, 150, 997])
  func restarts(size: Int) throws {
    let batches = try World.batches(
      World.shuffled(Self.events, seed: 9).prefix(size == 3 ? 600 : .max).map { $0 },
      of: size
    )
    var unbroken = World.detector()
    var unbrokenRows: [String: StateRow] = [:]
    var broken = World.detector()
    var brokenRows: [String: StateRow] = [:]
    for batch in batches {
      #expect(unbroken.observe(batch) == broken.observe(batch))
      Self.save(&broken, into: &brokenRows)
      broken = BehaviorDetector(
        restoring: brokenRows.values.shuffled(),
        configuration: World.configuration,
        identifier: World.identifier
      )
    }
    Self.save(&unbroken, into: &unbrokenRows)
    #expect(brokenRows == unbrokenRows)
    #expect(broken.summary() == unbroken.summary())
    #expect(broken.concluded() == unbroken.concluded())
    #expect(broken.summary().counts.unreadableRows == 0)
  }

  @Test("how two sources are interleaved changes nothing, also where they say the same")
  func interleaving() throws {
    let first = try World.batches(Self.events, of: 700, source: "a.log")
    let second = try World.batches(
      Self.events.filter { $0.line % 11 != 0 },
      of: 700,
      source: "b.log"
    )
    var oneByOne = World.detector()
    let expected = World.findings(&oneByOne, first + second)
    var reverse = World.detector()
    #expect(World.findings(&reverse, second + first) == expected)
    var mixed = World.detector()
    let pairs = zip(first, second).flatMap { [$1, $0] }
    let rest = first.dropFirst(second.count) + second.dropFirst(first.count)
    #expect(World.findings(&mixed, pairs + rest) == expected)
  }

  @Test("state that was cut or altered is counted and never traps", arguments: 0..<8 as Range)
  func hostileState(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var detector = World.detector()
    for batch in try World.batches(Array(Self.events.prefix(2_000)), of: 500) {
      _ = detector.observe(batch)
    }
    let rows = detector.changes().map { row in
      var altered = row
      if random.nextBelow(2) == 0 {
        altered.bytes = row.bytes.map { Array($0.prefix(random.nextBelow($0.count))) }
      } else if var bytes = row.bytes {
        bytes[random.nextBelow(bytes.count)] ^= UInt8(1 << random.nextBelow(8))
        altered.bytes = bytes
      }
      return altered
    }
    var restored = BehaviorDetector(
      restoring: rows,
      configuration: World.configuration,
      identifier: World.identifier
    )
    #expect(restored.summary().counts.unreadableRows > 0)
    for batch in try World.batches(Array(Self.events.dropFirst(2_000).prefix(500)), of: 500) {
      _ = restored.observe(batch)
    }
  }

  /// What differs from what is expected, in a form that can be read.
  private static func differences(_ findings: [FindingID: Finding]) -> [String] {
    Set(findings.keys).union(expected.keys).sorted().filter { findings[$0] != expected[$0] }.map {
      "\(describe(findings[$0])) instead of \(describe(expected[$0]))"
    }
  }

  private static func describe(_ finding: Finding?) -> String {
    guard let finding else { return "nothing" }
    return "\(finding.time) \(finding.title) \(finding.count) \(finding.score) "
      + "\(finding.entities.map(\.value)) \(finding.explanation.summary) "
      + "\(finding.explanation.terms) \(finding.evidence.map(\.origin.line))"
  }

  private static func save(_ detector: inout BehaviorDetector, into rows: inout [String: StateRow])
  {
    for row in detector.changes() { rows[row.key] = row.bytes == nil ? nil : row }
  }
}
