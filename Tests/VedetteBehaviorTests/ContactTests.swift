import Glibc
import Testing
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@testable import VedetteBehavior

@Suite("Regular contacts")
struct ContactTests {
  /// A program that contacts a target every so many seconds, give or take a share of them.
  static func beacon(
    _ address: String,
    _ target: String,
    every seconds: Double,
    jitter: Double,
    from start: Double = 3_600,
    count: Int,
    seed: UInt64
  ) -> [WorldEvent] {
    var random = SplitMix64(seed: seed)
    var time = start
    return (0..<count).map { _ in
      var event = WorldEvent(time)
      event.address = address
      event.target = target
      time += seconds * (1 + jitter * (2 * random.nextUnit() - 1))
      return event
    }
  }

  /// People whose browsers contact a few dozen targets when they like to.
  static func browsing(hours: Double, seed: UInt64) -> [WorldEvent] {
    var random = SplitMix64(seed: seed)
    return (0..<12).flatMap { person in
      var time = 0.0
      var events: [WorldEvent] = []
      while time < hours * 3_600 {
        // Bursts with pauses between them.
        time += random.nextBelow(4) == 0 ? 900 * random.nextUnit() : 20 * random.nextUnit()
        var event = WorldEvent(time)
        event.address = "10.0.0.\(person + 10)"
        event.target = "198.51.100.\(random.nextBelow(5) + random.nextBelow(20))"
        events.append(event)
      }
      return events
    }
  }

  static func findings(_ events: [WorldEvent], of size: Int = 500) throws -> [Finding] {
    var detector = World.detector()
    return World.findings(&detector, try World.batches(World.ordered(events), of: size)).values
      .filter { $0.title.hasPrefix("Regular contacts") }.sorted { $0.id < $1.id }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let seconds: Double
    let jitter: Double
    let count: Int
    let isFound: Bool
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "by the minute", seconds: 60, jitter: 0, count: 90, isFound: true),
    Case(name: "a tenth of jitter", seconds: 60, jitter: 0.1, count: 90, isFound: true),
    Case(name: "a third of jitter", seconds: 300, jitter: 0.33, count: 90, isFound: true),
    Case(name: "half of jitter", seconds: 120, jitter: 0.5, count: 130, isFound: true),
    Case(name: "by the hour", seconds: 3_600, jitter: 0.05, count: 20, isFound: true),
    Case(name: "too few to tell", seconds: 600, jitter: 0, count: 16, isFound: false),
    Case(name: "every five seconds", seconds: 5, jitter: 0, count: 3_000, isFound: false),
  ]

  @Test("jitter hides no rhythm, too few contacts or too many are none", arguments: cases)
  func rhythms(example: Case) throws {
    let beacon = Self.beacon(
      "10.0.0.99",
      "203.0.113.5",
      every: example.seconds,
      jitter: example.jitter,
      count: example.count,
      seed: 7
    )
    let found = try Self.findings(beacon + Self.browsing(hours: 3, seed: 8))
    #expect(found.count == (example.isFound ? 1 : 0), "\(found.map(\.explanation.summary))")
    for finding in found {
      #expect(finding.detector == .baseline)
      #expect(finding.entities.contains(Entity(type: .ip, value: "10.0.0.99", role: .actor)))
      #expect(finding.entities.contains(Entity(type: .ip, value: "203.0.113.5", role: .target)))
      #expect(finding.count <= example.count && finding.count > 16)
      #expect(finding.evidence.count == 1 && !finding.evidence[0].raw.isEmpty)
      #expect(finding.evidence[0].time == finding.time)
    }
  }

  @Test("contacts by chance are none, however many", arguments: 1...4 as ClosedRange)
  func chance(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var events: [WorldEvent] = []
    for target in 0..<20 {
      var time = 0.0
      for _ in 0..<300 {
        time += -Double(20 + 10 * target) * log1p(-random.nextUnit())
        var event = WorldEvent(time)
        event.address = "10.0.0.\(target % 5)"
        event.target = "203.0.113.\(target)"
        events.append(event)
      }
    }
    #expect(try Self.findings(events).isEmpty)
    #expect(try Self.findings(Self.browsing(hours: 20, seed: seed)).isEmpty)
  }

  @Test("the explanation adds up, is in natural units, and what it says passes, passes")
  func explanation() throws {
    let found = try Self.findings(
      Self.beacon("10.0.0.99", "203.0.113.5", every: 60, jitter: 0.1, count: 90, seed: 3)
        + Self.browsing(hours: 3, seed: 4)
    )
    let finding = try #require(found.first)
    let terms = finding.explanation.terms
    #expect(terms.reduce(0) { $0 + $1.contribution } == Double(finding.score))
    #expect(finding.explanation.summary.hasPrefix("contacts 203.0.113.5 every 60"))
    #expect(terms[0].feature == "regular_intervals" && terms[0].value == "203.0.113.5")
    let company = try #require(terms.first { $0.feature == "target_in_organisation" })
    #expect(company.observed == 0 && company.expected == 12)
    let bound = try #require(terms[0].bound)
    #expect(bound < terms[0].observed)
    let count = 64
    #expect(Rhythm.surprise(Int(bound), of: count) < Rhythm.surpriseMin)
    #expect(Rhythm.surprise(Int(bound) + 1, of: count) >= Rhythm.surpriseMin)
  }

  @Test("a target that everybody has, and a poller of many, are less news")
  func habits() throws {
    func best(_ events: [WorldEvent], _ target: String) throws -> Int {
      try Self.findings(events).filter { finding in
        finding.entities.contains { $0.value == target }
      }.map(\.score).min() ?? 0
    }
    let quiet = Self.browsing(hours: 3, seed: 5)
    func poll(_ person: Int, _ target: String) -> [WorldEvent] {
      Self.beacon(
        "10.0.0.\(person)",
        target,
        every: 60,
        jitter: 0.05,
        from: 3_600 + Double(person),
        count: 80,
        seed: UInt64(person)
      )
    }
    let alone = try best(poll(99, "203.0.113.5") + quiet, "203.0.113.5")
    let common = try best((10..<22).flatMap { poll($0, "203.0.113.5") } + quiet, "203.0.113.5")
    let inside = try best(poll(99, "10.3.3.3") + quiet, "10.3.3.3")
    let poller = try best(
      (0..<12).flatMap { poll(99, "203.0.113.\($0)") } + quiet,
      "203.0.113.11"
    )
    #expect(alone >= 40, "\(alone)")
    #expect(common < alone && inside < alone && poller < alone, "\(common) \(inside) \(poller)")
  }

  static let mixed: [WorldEvent] = {
    var events = browsing(hours: 4, seed: 21)
    events += beacon("10.0.0.99", "203.0.113.5", every: 45, jitter: 0.2, count: 260, seed: 22)
    events += beacon("10.0.0.12", "c2.example", every: 130, jitter: 0.3, count: 80, seed: 23)
    // Irregular at first, so that it begins anew.
    var random = SplitMix64(seed: 24)
    var time = 60.0
    for _ in 0..<70 {
      time += 5 + 120 * random.nextUnit() * random.nextUnit()
      var event = WorldEvent(time)
      event.address = "10.0.0.98"
      event.target = "203.0.113.6"
      events.append(event)
    }
    events += beacon(
      "10.0.0.98",
      "203.0.113.6",
      every: 60,
      jitter: 0.1,
      from: time,
      count: 170,
      seed: 25
    )
    return World.ordered(events)
  }()

  @Test("order of arrival, cuts and restarts change nothing", arguments: [1, 97, 2_000])
  func determinism(size: Int) throws {
    var whole = World.detector()
    let expected = World.findings(&whole, try World.batches(Self.mixed, of: 8_192))
    #expect(expected.values.count { $0.title.hasPrefix("Regular contacts") } == 3)
    var cut = World.detector()
    #expect(World.findings(&cut, try World.batches(Self.mixed, of: size)) == expected)
    var late = World.detector()
    let shuffled = World.shuffled(Self.mixed, seed: UInt64(size))
    #expect(World.findings(&late, try World.batches(shuffled, of: size)) == expected)
    guard size > 1 else { return }
    var rows: [String: StateRow] = [:]
    var findings: [FindingID: Finding] = [:]
    var unbroken = World.detector()
    var broken = World.detector()
    for batch in try World.batches(shuffled, of: size) {
      #expect(unbroken.observe(batch) == broken.observe(batch))
      for row in broken.changes() { rows[row.key] = row.bytes == nil ? nil : row }
      broken = BehaviorDetector(
        restoring: rows.values.shuffled(),
        configuration: World.configuration,
        identifier: World.identifier
      )
    }
    World.apply(broken.concluded(), to: &findings)
    #expect(broken.summary() == unbroken.summary())
    #expect(broken.concluded() == unbroken.concluded())
    #expect(broken.summary().contacts.pairs > 3 && broken.summary().contacts.regular == 3)
  }

  @Test("the pairs are bounded, and what had to go is counted")
  func bounds() throws {
    var detector = World.detector()
    let events = (0..<Limits.contactPairsMax * 2).map { index in
      var event = WorldEvent(Double(index))
      event.address = "10.0.\(index % 200).1"
      event.target = "host\(index).example"
      return event
    }
    for batch in try World.batches(events, of: 4_096) { _ = detector.observe(batch) }
    let contacts = detector.summary().contacts
    #expect(contacts.evicted > 0 && contacts.pairs <= Limits.contactPairsMax * 2)
    #expect(contacts.pairs + contacts.evicted == events.count)
  }
}
