import Testing
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@testable import VedetteBehavior

@Suite("Two sizes of an entity's state")
struct EntitySlotsTests {
  /// Two who work by day, and a flood of addresses by night that drives whoever is idle out.
  static let events: [WorldEvent] = {
    var events: [WorldEvent] = []
    for day in 0..<6 {
      for index in 0..<240 {
        let time = Double(day) * World.day + 8 * World.hour + Double(index) * 120
        var event = WorldEvent(time, user: index % 2 == 0 ? "ada" : "bob")
        event.operation = "read"
        events.append(event)
      }
      for index in 0..<400 {
        var event = WorldEvent(Double(day) * World.day + 17 * World.hour + Double(index) * 60)
        event.address = "10.\(day).\(index / 200).\(index % 200)"
        events.append(event)
      }
    }
    return World.ordered(events)
  }()

  @Test("the most active stay in full, everybody else has a slot, and all are counted")
  func sizes() throws {
    var detector = World.detector(entitiesMax: 40)
    for batch in try World.batches(Self.events, of: 300) { _ = detector.observe(batch) }
    let sizes = detector.summary().sizes
    #expect(sizes.full <= 80 && sizes.slots > 2_200, "\(sizes)")
    #expect(sizes.full + sizes.slots == 2_402)
    #expect(sizes.demoted - sizes.promoted == sizes.slots)
    #expect(sizes.slotBytes >= 32 * sizes.slots && sizes.forgotten == 0)
    // A flood of those that come once does not drive out who is here every day.
    #expect(detector.entities { $0.type == .user }.map(\.entity.value) == ["ada", "bob"])
    #expect(detector.entities { $0.value == "ada" }.first?.events == 720)
  }

  @Test("who comes back is known since when it was first seen, and by what it did")
  func promotion() throws {
    var entity = EntityActivity(
      key: EntityKey(type: .user, value: "ada"),
      firstSeen: World.start + 1_800_000_000_000
    )
    let context = Self.context(watermark: World.start)
    var slots = EntitySlots(capacity: 10)
    slots.demote(entity, context)
    let promoted = slots.promote(entity.key, at: World.start + 10 * Calibration.day)
    let none = try #require(promoted)
    #expect(none.series.isEmpty && slots.count == 0 && slots.promotedCount == 1)
    // Rounded up, so that nobody is taken for older.
    #expect(none.firstSeen == World.start + 3_600_000_000_000)
    entity = EntityActivity(
      key: entity.key,
      promoted: World.start + 10 * Calibration.day,
      from: SlotSummary(
        count: 50,
        mean: 3,
        variance: 0.25,
        peak: 4,
        mark: EntityActivity.mark(firstSeen: World.start)
      )
    )
    let later = World.start + 10 * Calibration.day + 600_000_000_000
    let usual = try #require(entity.usual(.events, .short, before: later, context))
    #expect(usual.count == 50 && usual.mean == 3 && usual.peak == 4)
    #expect(entity.usual(.failures, .short, before: later, context) == nil)
    // Its values are not: a first one is no news before they are learned again.
    #expect(!entity.isNews(at: later, context))
    #expect(entity.isNews(at: later + 4 * Calibration.day, context))
    #expect(entity.demoted(context).mark == EntityActivity.mark(firstSeen: World.start))
  }

  @Test("there are at most so many slots; those that were seen least go, counted")
  func bounds() {
    var slots = EntitySlots(capacity: 64)
    let context = Self.context(watermark: .max)
    for index in 0..<500 {
      let key = EntityKey(type: .ip, value: "10.0.\(index / 250).\(index % 250)")
      slots.demote(EntityActivity(key: key, firstSeen: World.start), context)
      #expect(slots.count <= 64)
    }
    #expect(slots.count + slots.forgottenCount == 500)
  }

  @Test(
    "cuts between batches and restarts change neither sizes nor findings",
    arguments: [97, 300]
  )
  func determinism(size: Int) throws {
    let events = World.ordered(
      Self.events + World.burst("ada", at: 5 * World.day + 10 * World.hour, for: 500, 300)
    )
    var whole = World.detector(entitiesMax: 40)
    let expected = World.findings(&whole, try World.batches(events, of: 1_000))
    #expect(expected.values.contains { $0.entities[0].value == "ada" })
    var configuration = World.configuration
    configuration.entitiesMax = 40
    var rows: [String: StateRow] = [:]
    var findings: [FindingID: Finding] = [:]
    var broken = World.detector(entitiesMax: 40)
    for batch in try World.batches(events, of: size) {
      World.apply(broken.observe(batch), to: &findings)
      for row in broken.changes() { rows[row.key] = row.bytes == nil ? nil : row }
      broken = BehaviorDetector(
        restoring: rows.values.shuffled(),
        configuration: configuration,
        identifier: World.identifier
      )
    }
    World.apply(broken.concluded(), to: &findings)
    #expect(findings == expected)
    #expect(broken.summary() == whole.summary())
    #expect(broken.summary().sizes.promoted > 0 || broken.summary().sizes.slots > 2_000)
  }

  private static func context(watermark: Int64) -> SourceContext {
    SourceContext(
      source: SourceID("a.log"),
      watermark: watermark,
      lateness: World.lateness,
      learning: 3 * Calibration.day,
      pauses: TeachingPauses(),
      falseAlarmsPerDay: .infinity,
      sourcesExpected: 1,
      sourceStarts: [],
      hourLimits: [],
      identifier: World.identifier
    )
  }
}
