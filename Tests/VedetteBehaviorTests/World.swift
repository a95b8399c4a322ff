import Glibc
import Testing
import VedetteBehavior
import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// One event of a simulated world; fields that are `nil` are absent from its record.
struct WorldEvent: Sendable {
  var time: Int64
  var user: String?
  var address: String?
  var host: String?
  var key: String?
  var operation: String?
  var model: String?
  var isFailure = false
  var tokens: String?
  var cost: String?
  var bytes: String?
  var count: String?
  /// Where it went: an address, or a name.
  var target: String?
  var category: String?
  /// Its place in its source, whatever the order of arrival.
  var line = 0

  init(_ seconds: Double, user: String? = nil) {
    time = World.start + Int64(seconds * 1e9)
    self.user = user
  }
}

enum World {
  /// 2026-03-02T00:00:00Z, a Monday.
  static let start: Int64 = 1_772_409_600_000_000_000
  static let minute = 60.0
  static let hour = 3_600.0
  static let day = 86_400.0
  static let lateness: Int64 = 300_000_000_000

  static let identifier = FindingIdentifier { bytes in
    (StableHash.of(bytes: bytes), StableHash.of(bytes: bytes.reversed()))
  }

  /// The standard one with smaller forests, which unoptimized tests have the time for, and without
  /// a budget: tests of the budget bring their own.
  static let configuration: BehaviorConfiguration = {
    var configuration = BehaviorConfiguration.standard
    configuration.treeCount = 10
    configuration.falseAlarmsPerDay = .infinity
    return configuration
  }()

  static func detector(entitiesMax: Int = Limits.entitiesMax) -> BehaviorDetector {
    var configuration = configuration
    configuration.entitiesMax = entitiesMax
    return BehaviorDetector(configuration: configuration, identifier: identifier)
  }

  /// In the order of time, each with its line.
  static func ordered(_ events: [WorldEvent]) -> [WorldEvent] {
    var sorted = events.enumerated().sorted {
      ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
    }.map(\.element)
    for index in sorted.indices { sorted[index].line = index + 1 }
    return sorted
  }

  /// In an order of arrival that is never later than the lateness.
  static func shuffled(_ events: [WorldEvent], seed: UInt64) -> [WorldEvent] {
    var random = SplitMix64(seed: seed)
    return events.map { ($0, $0.time + Int64(random.nextBelow(Int(lateness)))) }
      .sorted { ($0.1, $0.0.line) < ($1.1, $1.0.line) }
      .map(\.0)
  }

  static func batches(
    _ events: [WorldEvent],
    of size: Int,
    source: String = "a.log"
  ) throws -> [EventBatch] {
    let builder = EventBatchBuilder()
    var slots: [String: Int] = [:]
    func append(_ name: String, _ value: String?) throws {
      guard let value else { return }
      if slots[name] == nil {
        let slot = try #require(builder.slot(name, type: FieldCatalog.type(of: name)))
        slots[name] = slot
      }
      if let slot = slots[name] { builder.append(value, to: slot) }
    }
    var batches: [EventBatch] = []
    var raw: [UInt8] = []
    for event in events {
      let text = Array("event \(event.line)".utf8)
      builder.beginRow(
        RecordChunk.Record(
          start: raw.count,
          length: text.count,
          line: event.line,
          offset: Int64(event.line) * 100
        )
      )
      raw += text
      try append("user.name", event.user)
      try append("source.ip", event.address)
      try append("host.name", event.host)
      try append("ai.api_key.alias", event.key)
      try append("event.action", event.operation)
      try append("gen_ai.request.model", event.model)
      try append("event.outcome", event.isFailure ? "failure" : "success")
      try append("gen_ai.usage.input_tokens", event.tokens)
      try append("ai.cost.usd", event.cost)
      try append("http.response.body.bytes", event.bytes)
      try append("event.count", event.count)
      try append("event.category", event.category)
      let isAddress = event.target.flatMap(IPAddress.init) != nil
      try append("destination.ip", isAddress ? event.target : nil)
      try append("destination.domain", isAddress ? nil : event.target)
      builder.endRow(
        time: EventTime(nanosecondsSinceEpoch: event.time),
        logSource: LogSource()
      )
      if builder.rowCount == size {
        batches.append(builder.finish(source: SourceID(source), path: source, raw: raw))
        raw = []
      }
    }
    batches.append(builder.finish(source: SourceID(source), path: source, raw: raw))
    return batches
  }

  /// What is published in the end, by id, with what would be said if the input ended there.
  static func findings(
    _ detector: inout BehaviorDetector,
    _ batches: [EventBatch]
  ) -> [FindingID: Finding] {
    var findings: [FindingID: Finding] = [:]
    for batch in batches { apply(detector.observe(batch), to: &findings) }
    apply(detector.concluded(), to: &findings)
    return findings
  }

  static func apply(_ changes: [FindingChange], to findings: inout [FindingID: Finding]) {
    for change in changes {
      if case .upsert(let finding) = change { findings[finding.id] = finding }
    }
  }

  static func poisson(_ mean: Double, _ random: inout SplitMix64) -> Int {
    // Knuth's method in steps of ten, so that the product does not vanish.
    var count = 0
    var rest = mean
    while rest > 0 {
      let limit = exp(-min(rest, 10))
      var product = random.nextUnit()
      while product > limit {
        count += 1
        product *= random.nextUnit()
      }
      rest -= 10
    }
    return count
  }

  /// Users who work in a daily rhythm on three hosts, from two networks each, with three models.
  static func steady(
    users: Int,
    days: Double,
    perTenMinutes: Double,
    seed: UInt64
  ) -> [WorldEvent] {
    var random = SplitMix64(seed: seed)
    var events: [WorldEvent] = []
    for window in 0..<Int(days * 144) {
      // Between a fifth and nine fifths of the mean, highest at two in the afternoon.
      let phase = Double((window % 144 + 144 - 84) % 144) / 144
      let rhythm = 0.2 + 1.6 * (2 * phase - 1) * (2 * phase - 1)
      for user in 0..<users {
        for _ in 0..<poisson(perTenMinutes * rhythm, &random) {
          var event = WorldEvent(
            Double(window) * 600 + random.nextUnit() * 599,
            user: "user\(user)"
          )
          event.address = "10.\(user).\(random.nextBelow(2)).7"
          event.host = "host\(random.nextBelow(3))"
          event.key = "key\(user % 4)"
          event.operation = "op\(random.nextBelow(4))"
          event.model = "model\(random.nextBelow(3))"
          event.isFailure = random.nextBelow(40) == 0
          event.tokens = String(200 + random.nextBelow(2_000))
          event.cost = "0.0\(1 + random.nextBelow(9))"
          events.append(event)
        }
      }
    }
    return events
  }

  /// One user's events, evenly over a stretch.
  static func burst(
    _ user: String,
    at start: Double,
    for length: Double,
    _ count: Int
  )
    -> [WorldEvent]
  {
    (0..<count).map { index in
      var event = WorldEvent(start + length * Double(index) / Double(count), user: user)
      event.operation = "op0"
      event.tokens = "3000"
      event.cost = "0.25"
      return event
    }
  }
}
