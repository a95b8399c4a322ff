import Testing
@testable import VedetteCorrelate
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@Suite("Incident correlator")
struct IncidentCorrelatorTests {
  private static let window = Sample.seconds(3_600)

  private static func finding(
    _ name: String,
    at second: Int,
    to last: Int? = nil,
    severity: Severity = .high,
    detector: DetectorKind = .rule,
    _ entities: [Entity]
  ) -> Finding {
    Finding(
      id: Sample.identifier.id(of: [name, String(second)] + entities.map { $0.key.description }),
      time: Sample.time(second),
      lastTime: Sample.time(last ?? second),
      detector: detector,
      title: name,
      rule: detector == .rule
        ? RuleReference(id: name, title: name, level: severity, path: "") : nil,
      severity: severity,
      score: 60,
      entities: entities,
      techniques: ["T1110"],
      tactics: [name],
      sources: [SourceID("auth.log")],
      count: 3,
      evidence: [],
      explanation: Explanation(summary: "3 events")
    )
  }

  private static func ip(_ number: Int, _ role: EntityRole = .actor) -> Entity {
    Entity(type: .ip, value: "192.0.2.\(number)", role: role)
  }

  private static func key(_ number: Int) -> Entity {
    Entity(type: .accessKey, value: "AKIA\(number)", role: .actor)
  }

  private static func host(_ name: String) -> Entity {
    Entity(type: .host, value: name, role: .target)
  }

  /// The incidents that stand after all changes.
  private static func incidents(
    _ findings: [Finding],
    batchSize: Int = .max,
    correlator: IncidentCorrelator? = nil
  ) -> [Incident] {
    var correlator =
      correlator
      ?? IncidentCorrelator(windowNanoseconds: window, openingSeverity: .medium)
    var standing: [FindingID: Incident] = [:]
    var start = 0
    while start < findings.count {
      let end = min(findings.count, start + min(batchSize, findings.count))
      for change in correlator.take(findings[start..<end].map(FindingChange.upsert)) {
        switch change {
        case .upsert(let incident): standing[incident.id] = incident
        case .merged(let old, let heir):
          standing[old] = nil
          #expect(old != heir)
        }
      }
      start = end
    }
    return standing.values.map { incident in
      var bare = incident
      bare.aliases = []
      return bare
    }.sorted { ($0.firstSeen, $0.id) < ($1.firstSeen, $1.id) }
  }

  @Test("findings of one actor within the window are one incident, others are not")
  func groups() {
    let incidents = Self.incidents([
      Self.finding("a", at: 0, [Self.ip(1), Self.host("web")]),
      Self.finding("b", at: 3_600, [Self.ip(1), Self.host("web")]),
      Self.finding("c", at: 7_201, [Self.ip(1), Self.host("web")]),
      Self.finding("d", at: 10, [Self.ip(2), Self.host("web")]),
    ])
    #expect(incidents.map { $0.findings.count } == [2, 1, 1])
  }

  @Test("an entity that links two incidents merges them under the first founder")
  func merges() {
    let first = Self.finding("a", at: 0, [Self.ip(1)])
    let second = Self.finding("b", at: 60, [Self.key(2)])
    let link = Self.finding("c", at: 120, [Self.key(2), Self.ip(1, .source)])
    let incidents = Self.incidents([first, second, link], batchSize: 1)
    #expect(incidents.map(\.id) == [first.id])
    #expect(incidents.first?.findings == [first.id, second.id, link.id])
  }

  @Test("a target that many share joins nothing")
  func sharedTarget() {
    let incidents = Self.incidents([
      Self.finding("a", at: 0, [Self.ip(1), Self.host("web")]),
      Self.finding("a", at: 1, [Self.ip(2), Self.host("web")]),
    ])
    #expect(incidents.count == 2)
  }

  @Test("the same account name on two hosts is two accounts")
  func localAccounts() {
    let root = Entity(type: .user, value: "root", role: .actor)
    #expect(
      Self.incidents([
        Self.finding("a", at: 0, [root, Self.host("web")]),
        Self.finding("b", at: 1, [root, Self.host("db")]),
      ]).count == 2
    )
    #expect(
      Self.incidents([
        Self.finding("a", at: 0, [root, Self.host("web")]),
        Self.finding("b", at: 1, [root, Self.host("web")]),
      ]).count == 1
    )
  }

  @Test("a low finding opens none, links none and is attached")
  func context() {
    let low = Self.finding("low", at: 5, severity: .low, [Self.ip(1), Self.key(2)])
    #expect(Self.incidents([low]).isEmpty)
    let left = Self.finding("a", at: 0, [Self.ip(1)])
    let right = Self.finding("b", at: 10, [Self.key(2)])
    for order in [[low, left, right], [left, right, low], [right, low, left]] {
      let incidents = Self.incidents(order, batchSize: 1)
      #expect(incidents.map(\.id) == [left.id, right.id])
      let home = min(left.id, right.id)
      #expect(incidents.first { $0.id == home }?.findings.contains(low.id) == true)
    }
  }

  @Test("the risk is the sum of its terms, and behaviour alone stays low")
  func risk() {
    for count in 1...12 {
      let findings = (0..<count).map {
        Self.finding("t\($0)", at: $0, severity: .critical, [Self.ip(1)])
      }
      for incident in Self.incidents(findings) {
        #expect(incident.risk == incident.riskTerms.reduce(0) { $0 + $1.points })
        #expect((0...100).contains(incident.risk))
      }
    }
    let behavior = (0..<9).map {
      Self.finding("t\($0)", at: $0, severity: .medium, detector: .baseline, [Self.ip(1)])
    }
    #expect(Self.incidents(behavior).map(\.severity) == [.low])
  }

  @Test("events that two findings rest on are counted once")
  func eventCount() {
    var fast = Self.finding("fast", at: 0, [Self.ip(1)])
    fast.basis = [FindingBasis(name: "failure", count: 286, fingerprint: 286)]
    var slow = Self.finding("slow", at: 0, [Self.ip(1)])
    slow.basis = [FindingBasis(name: "failure", count: 286, fingerprint: 286)]
    var other = Self.finding("fast", at: 100, [Self.ip(1)])
    other.basis = [FindingBasis(name: "failure", count: 4, fingerprint: 4)]
    #expect(Self.incidents([fast, slow, other]).map(\.eventCount) == [290])
    var spray = Self.finding("spray", at: 0, [Self.ip(1)])
    spray.basis = [FindingBasis(name: "spray failure", count: 290, fingerprint: 290)]
    #expect(Self.incidents([fast, slow, other, spray]).map(\.eventCount) == [290])
  }

  @Test("incidents are a function of the set of findings", arguments: 0..<48 as Range<UInt64>)
  func orderAndCuts(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let findings = (0..<40).map { index in
      let start = Int.random(in: 0...30_000, using: &random)
      let severity: Severity = Bool.random(using: &random) ? .high : .low
      let second = Int.random(in: 1...4, using: &random)
      let other =
        Bool.random(using: &random) ? Self.ip(second) : Self.key(second)
      return Self.finding(
        "t\(index)",
        at: start,
        to: start + Int.random(in: 0...2_000, using: &random),
        severity: severity,
        detector: Int.random(in: 0...3, using: &random) == 0 ? .outlier : .rule,
        [Self.ip(Int.random(in: 1...6, using: &random)), other]
      )
    }
    let expected = Self.incidents(findings)
    #expect(expected == Self.components(findings))
    for size in [1, 3, 1_000] {
      #expect(Self.incidents(findings.shuffled(using: &random), batchSize: size) == expected)
    }
  }

  @Test("findings that grow end where they would have begun", arguments: 0..<48 as Range<UInt64>)
  func growth(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var steps: [(order: UInt64, finding: Finding)] = []
    let findings = (0..<40).map { index in
      let start = Int.random(in: 0...30_000, using: &random)
      let finding = Self.finding(
        "t\(index)",
        at: start,
        to: start + Int.random(in: 0...4_000, using: &random),
        severity: Bool.random(using: &random) ? .high : .low,
        detector: Int.random(in: 0...3, using: &random) == 0 ? .outlier : .rule,
        (0..<3).map { _ in Self.ip(Int.random(in: 1...9, using: &random)) }
      )
      let orders = (0..<3).map { _ in random.next() }.sorted()
      let length = finding.lastTime.nanoseconds(since: finding.time)
      for (step, order) in orders.enumerated() {
        var part = finding
        part.time = finding.time.advanced(byNanoseconds: length / 4 * Int64(2 - step))
        part.lastTime = finding.lastTime.advanced(byNanoseconds: length / 4 * Int64(step - 2))
        part.entities = Array(finding.entities.prefix(step + 1))
        steps.append((order, part))
      }
      return finding
    }
    let grown = steps.sorted { $0.order < $1.order }.map(\.finding)
    for size in [1, 7] {
      #expect(Self.incidents(grown, batchSize: size) == Self.components(findings))
    }
  }

  @Test(
    "what was saved and restored goes on as if nothing had been",
    arguments: 0..<12 as Range<UInt64>
  )
  func restore(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let findings = (0..<30).map { index in
      Self.finding(
        "t\(index)",
        at: Int.random(in: 0...20_000, using: &random),
        severity: Bool.random(using: &random) ? .high : .low,
        [Self.ip(Int.random(in: 1...5, using: &random))]
      )
    }
    var unbroken = IncidentCorrelator(windowNanoseconds: Self.window, openingSeverity: .medium)
    _ = unbroken.take(findings[..<15].map(FindingChange.upsert))
    var restored = IncidentCorrelator(windowNanoseconds: Self.window, openingSeverity: .medium)
    try restored.restore(unbroken.changes())
    for finding in findings[15...] {
      #expect(unbroken.take([.upsert(finding)]) == restored.take([.upsert(finding)]))
    }
  }

  @Test("an attack of many days is told whole and kept in part", arguments: 0..<8 as Range<UInt64>)
  func longAttack(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    // A finding each quarter of an hour or so for five days, by two addresses that meet at the end.
    let findings = (0..<480).map { index in
      Self.finding(
        "t\(Int.random(in: 0...5, using: &random))",
        at: index * 900 + Int.random(in: 0...600, using: &random),
        to: index * 900 + 600 + Int.random(in: 0...300, using: &random),
        severity: Int.random(in: 0...3, using: &random) == 0 ? .low : .high,
        [Self.ip(index % 2), Self.host("h\(index)")]
      )
    }
    let link = Self.finding("link", at: 480 * 900, [Self.ip(0), Self.ip(1)])
    var whole = Self.components(findings + [link])
    var found = Self.incidents(findings + [link], batchSize: 5)
    for index in whole.indices { whole[index].findings = [] }
    for index in found.indices { found[index].findings = [] }
    #expect(found == whole)

    var unbroken = IncidentCorrelator(windowNanoseconds: Self.window, openingSeverity: .medium)
    var rows: [String: StateRow] = [:]
    for finding in findings[..<400] {
      _ = unbroken.take([.upsert(finding)])
      for row in unbroken.changes() { rows[row.key] = row }
    }
    #expect(unbroken.findingCount < 260)
    var restored = IncidentCorrelator(windowNanoseconds: Self.window, openingSeverity: .medium)
    try restored.restore(Array(rows.values))
    for finding in findings[400...] + [link] {
      #expect(unbroken.take([.upsert(finding)]) == restored.take([.upsert(finding)]))
    }
  }

  /// The plain function: edges between all pairs, components by flooding.
  private static func components(_ findings: [Finding]) -> [Incident] {
    func gap(_ left: Finding, _ right: Finding) -> Int64 {
      max(
        left.time.nanoseconds(since: right.lastTime),
        right.time.nanoseconds(since: left.lastTime)
      )
    }
    func isEdge(_ left: Finding, _ right: Finding) -> Bool {
      let shared = Set(left.entities.map(\.key)).intersection(right.entities.map(\.key))
      let isSameRule = left.rule != nil && left.rule?.id == right.rule?.id
      return !shared.isEmpty && gap(left, right) <= (isSameRule ? Sample.seconds(86_400) : window)
    }
    let openers = findings.filter { $0.severity >= .medium && $0.detector == .rule }
    let leaves = findings.filter { $0.severity >= .medium && $0.detector != .rule }
    let lesser = findings.filter { $0.severity < .medium }
    func nearest(_ finding: Finding, among others: [Finding]) -> Finding? {
      func place(_ other: Finding) -> (Int, Int, Int64, FindingID) {
        let isApart = gap(finding, other) > 0
        let distance = abs(finding.time.nanoseconds(since: other.time))
        return (isApart ? 1 : 0, -other.count, distance, other.id)
      }
      return others.filter { isEdge($0, finding) }.min { place($0) < place($1) }
    }
    func groups(_ findings: [Finding]) -> [[Finding]] {
      var groups: [[Finding]] = []
      var left = findings
      while let start = left.popLast() {
        var group = [start]
        var next = 0
        while next < group.count {
          let current = group[next]
          group += left.filter { isEdge($0, current) }
          left.removeAll { isEdge($0, current) }
          next += 1
        }
        groups.append(group)
      }
      return groups
    }
    var homes: [FindingID: FindingID] = [:]
    for leaf in leaves { homes[leaf.id] = nearest(leaf, among: openers)?.id }
    for finding in lesser {
      let leaf = nearest(finding, among: leaves).map { homes[$0.id] ?? $0.id }
      homes[finding.id] = nearest(finding, among: openers)?.id ?? leaf
    }
    return (groups(openers) + groups(leaves)).compactMap { group in
      let own = Set(group.map(\.id))
      let context = (leaves + lesser).filter { homes[$0.id].map(own.contains) ?? false }
      return IncidentBuilder.incident(
        openers: group.filter { homes[$0.id] == nil },
        context: context,
        aliases: [],
        settled: IncidentDigest(),
        assets: AssetTable()
      )?.incident
    }.sorted { ($0.firstSeen, $0.id) < ($1.firstSeen, $1.id) }
  }
}
