import Testing
import VedetteBehavior
import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// A call of a simulated gateway.
struct GatewayCall: Sendable {
  var seconds: Double
  var key = "svc-0"
  var team = "a"
  var address = "10.0.0.7"
  var agent = "sdk/1.0"
  var similarity: UInt64 = 0
  var output = 200
  var guardrail: String?
  var agentName: String?
  var tool: String?
  var conversation: String?
  var action: String?
  var artifact: String?
  var shard: (Int, Int)?
  var line = 0

  var time: Int64 { World.start + Int64(seconds * 1e9) }
}

enum Gateway {
  /// What prompts of a purpose look like: its own bits, a few of them turned.
  static func similarity(_ purpose: UInt64, _ random: inout SplitMix64) -> UInt64 {
    var hash = SplitMix64(seed: purpose)
    var value = hash.next()
    for _ in 0..<6 { value ^= 1 << UInt64(random.nextBelow(64)) }
    return value
  }

  /// Twelve keys of four teams that ask for their own purposes from their own networks.
  static func ordinary(days: Double, seed: UInt64) -> [GatewayCall] {
    var random = SplitMix64(seed: seed)
    var calls: [GatewayCall] = []
    for key in 0..<12 {
      var time = Double(key) * 13
      while time < days * World.day {
        var call = GatewayCall(seconds: time, key: "svc-\(key)", team: "team-\(key % 4)")
        call.address = "10.0.\(key % 4).\(key + 2)"
        call.similarity = similarity(UInt64(key + 1), &random)
        call.output = 150 + random.nextBelow(150)
        calls.append(call)
        time += 300 + Double(random.nextBelow(900))
      }
    }
    return calls
  }

  static func stranger(
    _ key: Int,
    from seconds: Double,
    _ count: Int,
    _ random: inout SplitMix64
  ) -> [GatewayCall] {
    (0..<count).map { index in
      var call = GatewayCall(seconds: seconds + Double(index) * 97, key: "svc-\(key)")
      call.team = "team-\(key % 4)"
      call.address = "198.51.100.9"
      call.similarity = similarity(UInt64(500 + index % 3), &random)
      return call
    }
  }

  static func ordered(_ calls: [GatewayCall]) -> [GatewayCall] {
    var sorted = calls.enumerated().sorted {
      ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
    }.map(\.element)
    for index in sorted.indices { sorted[index].line = index + 1 }
    return sorted
  }

  static func batches(_ calls: [GatewayCall], of size: Int) throws -> [EventBatch] {
    var batches: [EventBatch] = []
    for start in stride(from: 0, to: calls.count, by: size) {
      batches.append(try batch(Array(calls[start..<min(start + size, calls.count)])))
    }
    return batches
  }

  private static func batch(_ calls: [GatewayCall]) throws -> EventBatch {
    let builder = EventBatchBuilder()
    func append(_ name: String, _ value: String?) throws {
      guard let value else { return }
      builder.append(value, to: try #require(builder.slot(name, type: FieldCatalog.type(of: name))))
    }
    var raw: [UInt8] = []
    for call in calls {
      let text = Array("call \(call.line)".utf8)
      builder.beginRow(
        RecordChunk.Record(
          start: raw.count,
          length: text.count,
          line: call.line,
          offset: Int64(call.line) * 100
        )
      )
      raw += text
      if call.action == nil {
        try append("ai.api_key.alias", call.key)
        try append("gen_ai.request.model", "gpt-4o")
        try append("gen_ai.operation.name", call.tool == nil ? "chat" : "execute_tool")
        try append("gen_ai.usage.output_tokens", "\(call.output)")
      } else {
        try append("user.name", call.key)
        try append("event.action", call.action)
      }
      try append("ai.team.id", call.team)
      try append("source.ip", call.address)
      try append("user_agent.original", call.agent)
      if call.similarity != 0 {
        try append("ai.prompt.simhash", String(call.similarity, radix: 16))
        try append("ai.prompt.hmac", "h\(call.line)")
      }
      try append("ai.guardrail.action", call.guardrail)
      try append("gen_ai.tool.name", call.tool)
      try append("gen_ai.conversation.id", call.conversation)
      try append("ai.artifact.kind", call.artifact)
      if let (shard, shards) = call.shard {
        try append("ai.artifact.name", "model-\(shard)-of-\(shards)")
        try append("ai.artifact.shard", "\(shard)")
        try append("ai.artifact.shards", "\(shards)")
      }
      try append("event.outcome", call.guardrail == "blocked" ? "failure" : "success")
      builder.endRow(time: EventTime(nanosecondsSinceEpoch: call.time), logSource: LogSource())
    }
    return builder.finish(source: SourceID("a.log"), path: "a.log", raw: raw)
  }

  static func detector() -> ModelAccessDetector {
    ModelAccessDetector(configuration: World.configuration, identifier: World.identifier)
  }

  static func findings(
    _ detector: inout ModelAccessDetector,
    _ batches: [EventBatch]
  ) -> [FindingID: Finding] {
    var findings: [FindingID: Finding] = [:]
    func take(_ changes: [FindingChange]) {
      for change in changes {
        switch change {
        case .upsert(let finding): findings[finding.id] = finding
        case .merged(let old, into: _): findings[old] = nil
        }
      }
    }
    for batch in batches { take(detector.observe(batch)) }
    take(detector.concluded())
    return findings
  }

  static func titles(_ calls: [GatewayCall]) throws -> [String] {
    var detector = detector()
    return findings(&detector, try batches(ordered(calls), of: 2_000)).values.map(\.title).sorted()
  }
}

@Suite("Model access")
struct ModelAccessTests {
  static let attacked: [GatewayCall] = {
    var random = SplitMix64(seed: 5)
    let calls = Gateway.ordinary(days: 3, seed: 1)
    return Gateway.ordered(calls + Gateway.stranger(3, from: 2.6 * World.day, 12, &random))
  }()

  static let expected: [FindingID: Finding] = {
    var detector = Gateway.detector()
    return (try? Gateway.batches(attacked, of: 5_000)).map { Gateway.findings(&detector, $0) }
      ?? [:]
  }()

  @Test("ordinary days make no finding", arguments: 1...3 as ClosedRange<UInt64>)
  func ordinary(seed: UInt64) throws {
    #expect(try Gateway.titles(Gateway.ordinary(days: 3, seed: seed)).isEmpty)
  }

  @Test("a key used from elsewhere for other ends is found within its first calls")
  func stolen() throws {
    let finding = try #require(Self.expected.values.first)
    #expect(Self.expected.count == 1)
    #expect(finding.title == "Key used unlike its owner" && finding.severity == .medium)
    #expect(finding.detector == .correlation && finding.rule?.level == .medium)
    #expect(finding.detectedTime.nanoseconds(since: finding.time) <= 4 * 97 * 1_000_000_000)
    #expect(finding.entities.contains { $0.value == "198.51.100.9" })
    let sum = finding.explanation.terms.reduce(0) { $0 + $1.contribution }
    #expect(sum == Double(finding.score))
  }

  @Test("elsewhere alone is not enough: the same prompts from a new network")
  func moved() throws {
    var random = SplitMix64(seed: 6)
    let moved = Gateway.stranger(3, from: 2.6 * World.day, 20, &random).map { call in
      var call = call
      call.similarity = Gateway.similarity(4, &random)
      return call
    }
    #expect(try Gateway.titles(Gateway.ordinary(days: 3, seed: 1) + moved).isEmpty)
  }

  @Test("keys of several teams that begin to ask in one wording are found together")
  func coordinated() throws {
    var random = SplitMix64(seed: 7)
    var calls = Gateway.ordinary(days: 3, seed: 1)
    for key in 0..<8 {
      for index in 0..<4 {
        var call = GatewayCall(seconds: 2.5 * World.day + Double(index * 1_900 + key * 61))
        call.key = "svc-\(key)"
        call.team = "team-\(key % 4)"
        call.address = "10.0.\(key % 4).\(key + 2)"
        call.similarity = Gateway.similarity(900, &random)
        calls.append(call)
      }
    }
    #expect(try Gateway.titles(calls) == ["Many keys ask for one purpose"])
    let ofOneTeam = calls.map { call in
      var call = call
      call.team = "one"
      return call
    }
    #expect(try Gateway.titles(ofOneTeam).isEmpty)
  }

  @Test("weights read part by part by a newcomer are found, a server that starts is not")
  func weights() throws {
    func reads(_ who: String, at seconds: Double, every step: Double) -> [GatewayCall] {
      (1...8).map { shard in
        var call = GatewayCall(seconds: seconds + Double(shard) * step, key: who)
        call.action = "GetObject"
        call.artifact = "weights"
        call.shard = (shard, 8)
        return call
      }
    }
    var calls: [GatewayCall] = []
    for hour in 0..<40 { calls += reads("server", at: Double(hour) * World.hour, every: 9) }
    #expect(try Gateway.titles(calls + reads("other", at: 40.5 * World.hour, every: 9)).isEmpty)
    #expect(
      try Gateway.titles(calls + reads("report", at: 40.5 * World.hour, every: 1_900))
        == ["Weights read part by part by a newcomer"]
    )
  }

  @Test("a refused prompt that is reworded until it passes is found")
  func reworded() throws {
    var random = SplitMix64(seed: 8)
    func tries(_ blocked: Int) -> [GatewayCall] {
      (0...blocked).map { index in
        var call = GatewayCall(seconds: 2.5 * World.day + Double(index) * 1_800, key: "svc-2")
        call.team = "team-2"
        call.address = "10.0.2.4"
        var hash = SplitMix64(seed: 777)
        call.similarity = hash.next() ^ 1 << UInt64(random.nextBelow(64))
        call.guardrail = index < blocked ? "blocked" : "none"
        return call
      }
    }
    let calls = Gateway.ordinary(days: 3, seed: 2)
    #expect(try Gateway.titles(calls + tries(3)) == ["Refused prompt reworded until it passed"])
    #expect(try Gateway.titles(calls + tries(2)).isEmpty)
  }

  @Test("an agent that reads and then sends as it never did is found")
  func agent() throws {
    func course(_ tools: [String], at seconds: Double) -> [GatewayCall] {
      tools.enumerated().map { index, tool in
        var call = GatewayCall(seconds: seconds + Double(index), key: "agent")
        call.tool = tool
        call.conversation = "c\(seconds)"
        return call
      }
    }
    var calls: [GatewayCall] = []
    for index in 0..<60 {
      calls += course(["read_ticket", "send_reply"], at: Double(index) * 2_000)
      calls += course(["read_customer"], at: Double(index) * 2_000 + 500)
    }
    #expect(try Gateway.titles(calls).isEmpty)
    #expect(
      try Gateway.titles(calls + course(["read_customer", "post_webhook"], at: 1.4 * World.day))
        == ["Agent read, then sent, as it never did"]
    )
  }

  @Test("the cuts between batches change nothing", arguments: [1, 13, 900])
  func cuts(size: Int) throws {
    var detector = Gateway.detector()
    let found = Gateway.findings(&detector, try Gateway.batches(Self.attacked, of: size))
    #expect(found == Self.expected)
  }

  @Test("the order of arrival within the lateness changes nothing", arguments: 1...3 as ClosedRange)
  func arrival(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let shuffled = Self.attacked.map {
      ($0, $0.time + Int64(random.nextBelow(Int(World.lateness))))
    }
    .sorted { ($0.1, $0.0.line) < ($1.1, $1.0.line) }.map(\.0)
    var detector = Gateway.detector()
    let found = Gateway.findings(&detector, try Gateway.batches(shuffled, of: 300))
    #expect(found == Self.expected)
  }

  @Test("a restart anywhere changes nothing", arguments: [40, 331])
  func restarts(size: Int) throws {
    var detector = Gateway.detector()
    var rows: [String: StateRow] = [:]
    var found: [FindingID: Finding] = [:]
    for batch in try Gateway.batches(Self.attacked, of: size) {
      for change in detector.observe(batch) {
        if case .upsert(let finding) = change { found[finding.id] = finding }
      }
      for row in detector.changes() { rows[row.key] = row }
      detector = ModelAccessDetector(
        restoring: Array(rows.values),
        configuration: World.configuration,
        identifier: World.identifier
      )
    }
    for change in detector.concluded() {
      if case .upsert(let finding) = change { found[finding.id] = finding }
    }
    #expect(found == Self.expected)
  }

  @Test("damaged state is learned anew, without a crash")
  func damage() throws {
    var detector = Gateway.detector()
    for batch in try Gateway.batches(Self.attacked, of: 3_000) { _ = detector.observe(batch) }
    for row in detector.changes() {
      guard let bytes = row.bytes else { continue }
      for cut in [0, 1, bytes.count / 2, max(0, bytes.count - 1)] {
        let damaged = StateRow(
          detector: row.detector,
          shard: row.shard,
          key: row.key,
          bytes: Array(bytes.prefix(cut))
        )
        var restored = ModelAccessDetector(
          restoring: [damaged],
          configuration: World.configuration,
          identifier: World.identifier
        )
        _ = restored.observe(try Gateway.batches(Array(Self.attacked.prefix(5)), of: 5)[0])
      }
    }
  }
}
