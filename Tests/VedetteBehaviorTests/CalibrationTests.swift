import Testing
import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@testable import VedetteBehavior

@Suite("False-alarm budget")
struct CalibrationTests {
  static let budgeted: BehaviorConfiguration = {
    var configuration = World.configuration
    configuration.falseAlarmsPerDay = 5
    return configuration
  }()

  @Test(
    "a month without an attack stays within the budget",
    arguments: BenignStream.allCases
  )
  func budget(stream: BenignStream) throws {
    let days = 30
    let perDay = try BenignStream.findingsPerDay(
      stream.events(days: days, seed: 101),
      days: days,
      configuration: Self.budgeted
    )
    // Never above it before it is known, then within a factor of two.
    #expect(perDay[..<7].allSatisfy { $0 <= 5 }, "\(perDay)")
    let later = perDay[7...]
    let mean = Double(later.reduce(0, +)) / Double(later.count)
    #expect((2.5...10).contains(mean), "\(mean) a day: \(perDay)")
  }

  @Test("the budget is that of the whole installation, for a month, however many sources it reads")
  func installation() throws {
    let days = 31
    var configuration = Self.budgeted
    configuration.sourcesExpected = BenignStream.allCases.count
    let perDay = try BenignStream.findingsPerDay(
      of: BenignStream.allCases,
      days: days,
      seed: 201,
      configuration: configuration
    )
    #expect(perDay[..<7].allSatisfy { $0 <= 5 }, "\(perDay)")
    let later = perDay[7...]
    let mean = Double(later.reduce(0, +)) / Double(later.count)
    #expect((2.5...10).contains(mean), "\(mean) a day: \(perDay)")
  }

  @Test("twice the budget makes more findings, none makes none")
  func follows() throws {
    let events = BenignStream.office.events(days: 14, seed: 103)
    var means: [Int] = []
    for budget in [0, 2, 20.0] {
      var configuration = Self.budgeted
      configuration.falseAlarmsPerDay = budget
      let perDay = try BenignStream.findingsPerDay(events, days: 14, configuration: configuration)
      means.append(perDay.reduce(0, +))
    }
    #expect(means[0] == 0 && means[1] > 0 && means[2] > 3 * means[1], "\(means)")
  }

  @Test("several sources share the budget")
  func sharing() throws {
    var detector = BehaviorDetector(configuration: Self.budgeted, identifier: World.identifier)
    var findings: [FindingID: Finding] = [:]
    let streams = try [BenignStream.office, .machines].map { stream in
      let events = World.ordered(stream.events(days: 16, seed: 104))
      return try World.batches(events, of: 500, source: "\(stream).log")
    }
    let abreast = streams.flatMap(\.self).sorted { ($0.times.first ?? 0) < ($1.times.first ?? 0) }
    for batch in abreast { World.apply(detector.observe(batch), to: &findings) }
    let after = findings.values.filter {
      $0.time.nanosecondsSinceEpoch > World.start + 8 * Calibration.day
    }
    let mean = Double(after.count) / 8
    #expect((2.5...10).contains(mean), "\(mean)")
  }

  @Test("an attack after the calibration is found and scores by how rare it is")
  func attack() throws {
    var events = BenignStream.office.events(days: 12, seed: 105)
    events += World.burst("person3", at: 11.4 * World.day, for: 500, 500)
    var detector = BehaviorDetector(configuration: Self.budgeted, identifier: World.identifier)
    let batches = try World.batches(World.ordered(events), of: 4_096)
    let found = World.findings(&detector, batches).values.filter {
      $0.entities[0].value == "person3" && $0.count >= 500
    }
    #expect(found.contains { $0.detector == .baseline && $0.severity == .medium })
    for finding in found {
      #expect(finding.explanation.terms.reduce(0) { $0 + $1.contribution } == Double(finding.score))
    }
  }

  @Test("kinds with few scores leave their share to the others")
  func shares() {
    #expect(Calibration.share(of: 6, [10, 10, 0, 0]) == 3)
    #expect(Calibration.share(of: 6, [10, 10, 1]) == 2.5)
    #expect(Calibration.share(of: 6, [1, 2]) == 6)
    #expect(Calibration.share(of: 6, []) == 6)
  }

  private static let world: [WorldEvent] = {
    var events = BenignStream.machines.events(days: 9, seed: 106)
    events += World.burst("monitor", at: 3.3 * World.day, for: 900, 300)
    events += World.burst("backup", at: 8.3 * World.day, for: 900, 500)
    return World.ordered(events)
  }()

  /// A rule speaks against one of the two at the end of its burst, before the batch that holds it.
  private static func run(
    _ detector: inout BehaviorDetector,
    _ size: Int,
    restart: Bool
  )
    throws -> (findings: [FindingID: Finding], rows: [String: [UInt8]])
  {
    var findings: [FindingID: Finding] = [:]
    var rows: [String: StateRow] = [:]
    var isTold = false
    let time = World.start + Int64((3.3 * World.day + 800) * 1e9)
    for batch in try World.batches(world, of: size) {
      if !isTold, let last = batch.times.last, last > time {
        isTold = true
        detector.noteRule(
          about: EntityKey(type: .user, value: "monitor"),
          isActing: false,
          from: EventTime(nanosecondsSinceEpoch: time),
          until: EventTime(nanosecondsSinceEpoch: time)
        )
      }
      World.apply(detector.observe(batch), to: &findings)
      for row in detector.changes() { rows[row.key] = row.bytes == nil ? nil : row }
      if restart {
        detector = BehaviorDetector(
          restoring: Array(rows.values),
          configuration: budgeted,
          identifier: World.identifier
        )
      }
    }
    World.apply(detector.concluded(), to: &findings)
    return (findings, rows.compactMapValues(\.bytes))
  }

  @Test("neither cuts between batches nor restarts change a limit, a score or a byte")
  func determinism() throws {
    var detector = BehaviorDetector(configuration: Self.budgeted, identifier: World.identifier)
    let expected = try Self.run(&detector, 1_500, restart: false)
    #expect(expected.findings.values.contains { $0.entities[0].value == "monitor" })
    #expect(expected.findings.values.contains { $0.entities[0].value == "backup" })
    for (size, restart) in [(397, false), (4_000, false), (1_500, true), (613, true)] {
      var other = BehaviorDetector(configuration: Self.budgeted, identifier: World.identifier)
      let found = try Self.run(&other, size, restart: restart)
      #expect(found.findings == expected.findings, "batches of \(size)")
      if size == 1_500 { #expect(found.rows == expected.rows) }
      #expect(other.summary() == detector.summary(), "batches of \(size)")
    }
  }

  @Test(
    "what is withheld is told when a rule speaks against its entity, and counted when none does"
  )
  func withheld() throws {
    var configuration = Self.budgeted
    configuration.falseAlarmsPerDay = 0
    var events = BenignStream.machines.events(days: 4, seed: 107)
    events += World.burst("monitor", at: 2.3 * World.day, for: 900, 300)
    let batches = try World.batches(World.ordered(events), of: 4_096)
    var silent = BehaviorDetector(configuration: configuration, identifier: World.identifier)
    #expect(World.findings(&silent, batches).isEmpty)
    #expect(silent.summary().withheldFindings + silent.summary().counts.beyondBudget > 0)
    var told = BehaviorDetector(configuration: configuration, identifier: World.identifier)
    told.noteRule(
      about: EntityKey(type: .user, value: "monitor"),
      isActing: true,
      from: EventTime(nanosecondsSinceEpoch: World.start + Int64(2.3 * World.day * 1e9)),
      until: EventTime(nanosecondsSinceEpoch: World.start + Int64(2.31 * World.day * 1e9))
    )
    let found = World.findings(&told, batches).values
    #expect(
      !found.isEmpty && found.allSatisfy { $0.entities.contains { $0.key.value == "monitor" } }
    )
  }
}
