import Glibc
import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// Where an entity was in one minute.
struct Sighting: Sendable, Equatable {
  static let minute: Int64 = 60_000_000_000

  var place: Place
  /// The first and the last event from there in that minute.
  var first: Int64
  var last: Int64
  /// The first event.
  var event: WindowEvidence
  var address: String

  /// When the minute ends.
  var end: Int64 {
    EventTime(nanosecondsSinceEpoch: first).floor(toMultipleOf: Self.minute)
      .nanosecondsSinceEpoch.addingHeld(Self.minute)
  }

  /// The order in which sightings are taken in.
  func precedes(_ other: Sighting) -> Bool {
    (first, place.latitude, place.longitude, event.origin.offset)
      < (other.first, other.place.latitude, other.place.longitude, other.event.origin.offset)
  }
}

/// A change of place that is faster than anything flies.
struct Journey: Sendable, Equatable {
  /// Nothing that carries people is faster.
  static let speedMax = 900.0
  /// Nearer places may be one: tables are that far off.
  static let kilometresMin = 300.0
  static let pointsPerUnit = 8.0
  static let pointsMax = 64
  /// How much the speed alone says at most.
  private static let speedPartMax = 3.0

  var from: Sighting
  var to: Sighting
  /// Between the places, less what they may be off.
  var kilometres: Double
  var seconds: Double
  /// Minutes in which the entity was seen somewhere before, and fast changes among them.
  var sightingsBefore: Int
  var fastBefore: Int

  /// Measures a change of place; `nil` if it is possible, or no change.
  init?(from: Sighting, to: Sighting, sightingsBefore: Int, fastBefore: Int) {
    let off = from.place.accuracyKilometres + to.place.accuracyKilometres
    let kilometres = from.place.kilometres(to: to.place) - off
    let seconds = Double(max(Sighting.minute, to.first.subtractingHeld(from.last))) / 1e9
    guard kilometres >= Self.kilometresMin, kilometres / seconds * 3_600 > Self.speedMax else {
      return nil
    }
    self.from = from
    self.to = to
    self.kilometres = kilometres
    self.seconds = seconds
    self.sightingsBefore = sightingsBefore
    self.fastBefore = fastBefore
  }

  /// In kilometres an hour.
  var speed: Double { kilometres / seconds * 3_600 }

  /// What the speed says.
  var speedPart: Double { Self.part(ofSpeed: speed) }
  /// What it says that the entity did not do so before.
  var habitPart: Double { -log((Double(fastBefore) + 1) / (Double(sightingsBefore) + 2)) }
  /// The whole.
  var value: Double { speedPart + habitPart }

  static func part(ofSpeed speed: Double) -> Double {
    speed > speedMax ? min(speedPartMax, log(speed / speedMax)) : 0
  }

  /// The highest speed that would have passed, in whole kilometres an hour.
  ///
  /// - Parameter least: From where on a score is a statement.
  /// - Returns: The speed; what can be flown passes always.
  func passingSpeed(below least: Double) -> Double {
    let wanted = least - habitPart
    guard wanted > 0 else { return Self.speedMax }
    guard wanted <= Self.speedPartMax else { return .infinity }
    var speed = (Self.speedMax * exp(wanted)).rounded(.down)
    while speed > Self.speedMax, Self.part(ofSpeed: speed) + habitPart >= least { speed -= 1 }
    return max(Self.speedMax, speed)
  }

  /// Whether it is between the same two places.
  func isSame(as other: Journey) -> Bool {
    from.place == other.from.place && to.place == other.to.place
      || from.place == other.to.place && to.place == other.from.place
  }
}

/// Where one entity was seen.
struct Traveller: Sendable {
  /// A journey that was told.
  struct Told: Sendable, Equatable {
    var journey: Journey
    var entities: [Entity]
    var points: Int
    var least: Double
    var isFinding: Bool
    /// Whether it is said at all: with too little, not even a rule makes it news.
    var isStated: Bool { journey.value >= min(least, ScoreKind.travel.leastUncalibrated) }
    /// Changes between the same two places since, this one too, and the last of them.
    var count: Int
    var last: Int64
  }

  /// A journey that is to be told.
  struct News {
    var journey: Journey
    var entities: [Entity]
    var count = 1
    var last: Int64
  }

  let key: EntityKey
  /// Where it was seen last, of what the watermark has passed.
  private(set) var latest: Sighting?
  private(set) var sightings = 0
  private(set) var fast = 0
  var told: Told?
  private(set) var waiting: [Sighting] = []
  /// Who took part in the first event of each waiting one.
  private var entities: [[Entity]] = []
  /// Whether what was told has grown since.
  var hasGrown = false

  init(key: EntityKey) { self.key = key }

  var waitingEntities: [[Entity]] { entities }

  /// Takes back what was saved.
  mutating func restore(
    latest: Sighting?,
    sightings: Int,
    fast: Int,
    waiting: [Sighting],
    entities: [[Entity]]
  ) {
    self.latest = latest
    self.sightings = sightings
    self.fast = fast
    self.waiting = waiting
    self.entities = entities
  }

  /// When it was last heard of.
  var newest: Int64 { waiting.last?.last ?? latest?.last ?? .min }

  /// Notes an event; `false` if there is no room for it.
  mutating func add(
    _ place: Place,
    _ facts: RowFacts,
    _ batch: BatchFacts
  ) -> Bool {
    let minute = EventTime(nanosecondsSinceEpoch: facts.time).floor(toMultipleOf: Sighting.minute)
    let end = minute.nanosecondsSinceEpoch.addingHeld(Sighting.minute)
    let found = waiting.lastIndex { $0.end == end && $0.place == place }
    if let found {
      waiting[found].last = max(waiting[found].last, facts.time)
      guard facts.time <= waiting[found].first else { return true }
      let event = batch.evidence(facts)
      guard event.precedes(waiting[found].event) else { return true }
      waiting[found].first = facts.time
      waiting[found].event = event
      waiting[found].address = batch.address(facts.row)
      entities[found] = batch.entities(facts.row)
      return true
    }
    guard waiting.count < Limits.sightingsWaitingMax else { return false }
    waiting.append(
      Sighting(
        place: place,
        first: facts.time,
        last: facts.time,
        event: batch.evidence(facts),
        address: batch.address(facts.row)
      )
    )
    entities.append(batch.entities(facts.row))
    return true
  }

  /// Takes in the minutes that the watermark has passed.
  ///
  /// - Parameter watermark: Nothing before it comes any more.
  /// - Returns: The journeys that are news, in their order.
  mutating func settle(_ watermark: Int64) -> [News] {
    guard waiting.contains(where: { $0.end <= watermark }) else { return [] }
    let passed = waiting.indices.filter { waiting[$0].end <= watermark }
      .sorted { waiting[$0].precedes(waiting[$1]) }
    var found: [News] = []
    for index in passed {
      let sighting = waiting[index]
      let journey = latest.flatMap {
        Journey(from: $0, to: sighting, sightingsBefore: sightings, fastBefore: fast)
      }
      if let journey { note(journey, entities[index], into: &found) }
      sightings += 1
      latest = sighting
    }
    let left = waiting.indices.filter { waiting[$0].end > watermark }
    entities = left.map { entities[$0] }
    waiting = left.map { waiting[$0] }
    return found
  }

  private mutating func note(
    _ journey: Journey,
    _ entities: [Entity],
    into found: inout [News]
  ) {
    // To and fro between the same places is one story for a day.
    let recent = found.last?.journey ?? told?.journey
    guard let recent, recent.isSame(as: journey),
      journey.to.first.subtractingHeld(recent.to.first) < Calibration.day
    else {
      found.append(News(journey: journey, entities: entities, last: journey.to.first))
      fast += 1
      return
    }
    if found.isEmpty {
      told?.count += 1
      told?.last = journey.to.first
      hasGrown = true
    } else {
      found[found.count - 1].count += 1
      found[found.count - 1].last = journey.to.first
    }
  }
}
