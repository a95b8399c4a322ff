import Testing
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@testable import VedetteBehavior

@Suite("Impossible travel")
struct TravelTests {
  static let places: PlaceTable = {
    func network(
      _ block: String,
      _ latitude: Double,
      _ longitude: Double,
      _ name: String
    )
      -> PlaceTable.Network?
    {
      CIDRBlock(block).map {
        PlaceTable.Network(
          block: $0,
          place: Place(latitude: latitude, longitude: longitude, accuracyKilometres: 20, name: name)
        )
      }
    }
    let networks = [
      network("192.0.2.0/24", 52.5, 13.4, "Berlin"),
      network("198.51.100.0/24", 40.7, -74, "New York"),
      network("203.0.113.0/24", 53.6, 10, "Hamburg"),
      network("2001:db8::/32", -33.9, 151.2, "Sydney"),
    ]
    return PlaceTable(names: ["networks.csv"], file: nil, networks: networks.compactMap(\.self))
  }()

  static let configuration: BehaviorConfiguration = {
    var configuration = World.configuration
    configuration.places = places
    return configuration
  }()

  static func detector() -> BehaviorDetector {
    BehaviorDetector(configuration: configuration, identifier: World.identifier)
  }

  static func event(_ seconds: Double, _ user: String, _ address: String) -> WorldEvent {
    var event = WorldEvent(seconds, user: user)
    event.address = address
    event.operation = "login"
    return event
  }

  static func findings(_ events: [WorldEvent], size: Int = 100) throws -> [Finding] {
    var detector = detector()
    return World.findings(&detector, try World.batches(World.ordered(events), of: size)).values
      .filter { $0.title.hasPrefix("Impossible travel") }.sorted { $0.time < $1.time }
  }

  /// Somebody who works in Berlin.
  static func work(_ user: String, hours: Int) -> [WorldEvent] {
    (0..<hours * 12).map { event(Double($0) * 300, user, "192.0.2.\($0 % 3)") }
  }

  @Test("another continent in ten minutes is one finding, with distance, time and speed")
  func found() throws {
    let found = try Self.findings(
      Self.work("ann", hours: 8)
        + [8.1, 8.3, 8.6].map { Self.event($0 * 3_600, "ann", "198.51.100.7") }
        + [8.2, 8.5].map { Self.event($0 * 3_600, "ann", "192.0.2.1") }
    )
    #expect(found.count == 1)
    let finding = try #require(found.first)
    #expect(finding.detector == .newValue && finding.count == 5 && finding.evidence.count == 2)
    #expect(finding.entities.contains(Entity(type: .user, value: "ann", role: .actor)))
    let explanation = finding.explanation
    #expect(explanation.summary.hasPrefix("from Berlin to New York, 63"))
    #expect(explanation.terms.reduce(0) { $0 + $1.contribution } == Double(finding.score))
    #expect(explanation.terms[0].feature == "speed_kmh" && explanation.terms[0].observed > 20_000)
    #expect(try #require(explanation.terms[0].bound) == 900)
    #expect(explanation.nearestNormal.last?.value == "Berlin")
    #expect(finding.score >= 40)
  }

  @Test("what can be flown, is near, or is somebody else is none")
  func possible() throws {
    let work = Self.work("ann", hours: 8)
    #expect(try Self.findings(work + [Self.event(17 * 3_600, "ann", "198.51.100.7")]).isEmpty)
    #expect(try Self.findings(work + [Self.event(8.01 * 3_600, "ann", "203.0.113.7")]).isEmpty)
    #expect(try Self.findings(work + [Self.event(8.01 * 3_600, "bob", "198.51.100.7")]).isEmpty)
    #expect(try Self.findings(work + [Self.event(8.01 * 3_600, "ann", "9.9.9.9")]).isEmpty)
    var failed = Self.event(8.01 * 3_600, "ann", "198.51.100.7")
    failed.isFailure = true
    failed.category = "authentication"
    #expect(
      try Self.findings(work + [failed]).isEmpty,
      "who only tried the account is not its user"
    )
  }

  @Test("keys travel too, and one that always does scores less")
  func habit() throws {
    let events = (0..<40).map { index in
      var event = WorldEvent(Double(index) * 7_200)
      event.key = "batch"
      event.address = ["192.0.2.1", "198.51.100.1", "2001:db8::1"][index % 3]
      event.operation = "chat"
      return event
    }
    let found = try Self.findings(events)
    #expect(found.count > 3 && found.allSatisfy { $0.entities[0].type == .apiKey })
    let scores = found.map(\.score)
    #expect(scores[0] > scores[scores.count - 1], "\(scores)")
  }

  @Test("without a table nothing is judged, and that is said")
  func unavailable() throws {
    var detector = World.detector()
    let events = World.ordered(
      Self.work("ann", hours: 8) + [Self.event(8.1 * 3_600, "ann", "198.51.100.7")]
    )
    let found = World.findings(&detector, try World.batches(events, of: 100)).values
    #expect(!found.contains { $0.title.hasPrefix("Impossible") })
    #expect(detector.summary().travel == nil)
    var other = Self.detector()
    _ = World.findings(&other, try World.batches(events, of: 100))
    let travel = try #require(other.summary().travel)
    #expect(travel.tables == ["networks.csv"] && travel.entities == 1 && travel.sightings > 80)
  }

  static let mixed: [WorldEvent] = {
    var random = SplitMix64(seed: 5)
    let addresses = ["192.0.2.1", "192.0.2.2", "198.51.100.1", "203.0.113.1", "2001:db8::1"]
    let events = (0..<600).map { index in
      event(
        Double(index) * 90 * random.nextUnit() + Double(index) * 60,
        "user\(random.nextBelow(4))",
        addresses[random.nextBelow(random.nextBelow(6) == 0 ? 5 : 2)]
      )
    }
    return World.ordered(events)
  }()

  @Test("order of arrival, cuts and restarts change nothing", arguments: [1, 53, 400])
  func determinism(size: Int) throws {
    var whole = Self.detector()
    let expected = World.findings(&whole, try World.batches(Self.mixed, of: 8_192))
    #expect(expected.values.count { $0.title.hasPrefix("Impossible") } >= 4)
    let shuffled = World.shuffled(Self.mixed, seed: UInt64(size))
    var cut = Self.detector()
    #expect(World.findings(&cut, try World.batches(Self.mixed, of: size)) == expected)
    var late = Self.detector()
    #expect(World.findings(&late, try World.batches(shuffled, of: size)) == expected)
    guard size > 1 else { return }
    var rows: [String: StateRow] = [:]
    var unbroken = Self.detector()
    var broken = Self.detector()
    for batch in try World.batches(shuffled, of: size) {
      #expect(unbroken.observe(batch) == broken.observe(batch))
      for row in broken.changes() { rows[row.key] = row.bytes == nil ? nil : row }
      broken = BehaviorDetector(
        restoring: rows.values.shuffled(),
        configuration: Self.configuration,
        identifier: World.identifier
      )
    }
    #expect(broken.summary() == unbroken.summary())
    #expect(broken.concluded() == unbroken.concluded())
    #expect(broken.summary().counts.unreadableRows == 0)
  }

  @Test("the highest speed that passes, passes", arguments: 0..<50)
  func bounds(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func sighting(_ name: String, _ minute: Int64) throws -> Sighting {
      let address = name == "Berlin" ? "192.0.2.1" : "198.51.100.1"
      return Sighting(
        place: try #require(Self.places.place(of: address)),
        first: minute * Sighting.minute,
        last: minute * Sighting.minute,
        event: WindowEvidence(
          time: 0,
          origin: RecordOrigin(path: "a", line: 1, offset: 0, length: 1),
          raw: []
        ),
        address: address
      )
    }
    let journey = Journey(
      from: try sighting("Berlin", 0),
      to: try sighting("New York", 1 + Int64(random.nextBelow(300))),
      sightingsBefore: random.nextBelow(500),
      fastBefore: random.nextBelow(3)
    )
    let found = try #require(journey)
    let least = found.value * (0.3 + 0.69 * random.nextUnit())
    let bound = found.passingSpeed(below: least)
    #expect(bound < found.speed)
    #expect(bound == 900 || Journey.part(ofSpeed: bound) + found.habitPart < least)
  }
}
