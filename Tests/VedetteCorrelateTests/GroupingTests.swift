import Testing
@testable import VedetteCorrelate
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@Suite("Grouping")
struct GroupingTests {
  private static let window = Sample.seconds(3_600)
  private static let gateway = "198.51.100.9"

  private static func finding(
    _ rule: String,
    at second: Int,
    count: Int = 3,
    severity: Severity = .high,
    detector: DetectorKind = .rule,
    _ entities: [Entity]
  ) -> Finding {
    Finding(
      id: Sample.identifier.id(of: [rule, String(second)] + entities.map { $0.key.description }),
      time: Sample.time(second),
      lastTime: Sample.time(second + 60),
      detector: detector,
      title: rule,
      rule: detector == .rule
        ? RuleReference(id: rule, title: rule, level: severity, path: "") : nil,
      severity: severity,
      score: 60,
      entities: entities,
      techniques: [],
      tactics: ["discovery"],
      sources: [SourceID("auth.log")],
      count: count,
      evidence: [],
      explanation: Explanation(summary: "")
    )
  }

  private static func entity(
    _ type: EntityType,
    _ value: String,
    _ role: EntityRole = .actor
  ) -> Entity { Entity(type: type, value: value, role: role) }

  /// The incidents that stand in the end, each as the titles of its findings.
  private static func incidents(
    _ findings: [Finding],
    sharing: SharedEntities = SharedEntities(),
    batchSize: Int = 7
  ) -> [[String]] {
    var correlator = IncidentCorrelator(windowNanoseconds: window, openingSeverity: .medium)
    var standing: [FindingID: Incident] = [:]
    for start in stride(from: 0, to: findings.count, by: batchSize) {
      let part = findings[start..<min(findings.count, start + batchSize)]
      for change in correlator.take(part.map(FindingChange.upsert), sharing: sharing) {
        switch change {
        case .upsert(let incident): standing[incident.id] = incident
        case .merged(let old, _): standing[old] = nil
        }
      }
    }
    let titles = Dictionary(uniqueKeysWithValues: findings.map { ($0.id, $0.title) })
    return standing.values.sorted { ($0.firstSeen, $0.id) < ($1.firstSeen, $1.id) }
      .map { $0.findings.compactMap { titles[$0] }.sorted() }.sorted {
        $0.description < $1.description
      }
  }

  /// A table in which the gateway and the key of an application are shared from the start.
  private static var shared: SharedEntities {
    var table = SharedEntities()
    let events = (0..<6).map { number in
      TestEvent(
        number,
        ["source.ip": gateway, "ai.api_key.alias": "svc", "ai.end_user.id": "c-\(number)"]
      )
    }
    table.observe(Sample.batch(events), latenessNanoseconds: 0, savesState: false)
    return table
  }

  @Test("two keys behind one shared address are two incidents, behind one attacker's one")
  func keys() {
    let findings = ["AKIA1", "AKIA2"].map { key in
      Self.finding(
        "stolen",
        at: 600,
        [Self.entity(.accessKey, key), Self.entity(.ip, Self.gateway, .source)]
      )
    }
    #expect(Self.incidents(findings).count == 1)
    #expect(Self.incidents(findings, sharing: Self.shared).count == 2)
  }

  @Test("two end users of one shared key are two incidents, and each is one")
  func endUsers() {
    let findings = ["c-1", "c-2"].flatMap { user in
      ["tries", "answer"].map { rule in
        Self.finding(
          rule,
          at: 600,
          [
            Self.entity(.apiKey, "svc"), Self.entity(.user, user),
            Self.entity(.ip, Self.gateway, .source), Self.entity(.model, "gpt", .model),
          ]
        )
      }
    }
    #expect(Self.incidents(findings).count == 1)
    #expect(
      Self.incidents(findings, sharing: Self.shared) == [
        ["answer", "tries"], ["answer", "tries"],
      ]
    )
  }

  @Test("a shared address joins together with the account that it tries, or the host")
  func pairs() {
    let address = Self.entity(.ip, Self.gateway)
    let tried = ["db01", "web01"].map { host in
      Self.finding(
        "guesses",
        at: 600,
        [address, Self.entity(.host, host, .target), Self.entity(.user, "root", .target)]
      )
    }
    let login = Self.finding(
      "login",
      at: 700,
      [address, Self.entity(.host, "db01", .target), Self.entity(.user, "root")]
    )
    #expect(
      Self.incidents(tried + [login], sharing: Self.shared) == [["guesses", "login"], ["guesses"]]
    )
    #expect(Self.incidents(tried + [login]).count == 1)
  }

  @Test("one distributed brute force is one incident, however many addresses", arguments: [1, 50])
  func campaign(batchSize: Int) {
    let target = [Self.entity(.host, "web01", .target), Self.entity(.user, "deploy", .target)]
    let each = (0..<400).map { number in
      let address = Self.entity(.ip, "198.18.\(number / 200).\(number % 200)")
      return Self.finding("guesses", at: 100 + number, [address] + target)
    }
    let named = (0..<62).map { Self.entity(.ip, "198.18.0.\($0)") }
    let all = Self.finding("distributed", at: 100, count: 1_200, named + target)
    let other = Self.finding(
      "elsewhere",
      at: 300,
      [
        Self.entity(.ip, "203.0.113.1"), Self.entity(.host, "db01", .target),
        Self.entity(.user, "deploy", .target),
      ]
    )
    // Without what names the campaign they are no more than the noise guard leaves by itself.
    let few = Array(each.prefix(90))
    #expect(Self.incidents(few + [other], batchSize: batchSize).count == 91)
    #expect(
      Self.incidents(few + [all, other], batchSize: batchSize).map(\.count).sorted() == [1, 91]
    )
    #expect(
      Self.incidents([all] + each + [other], batchSize: batchSize).map(\.count).sorted() == [
        1, 401,
      ]
    )
  }

  @Test("too many findings of one rule and source are one incident that names them all")
  func noise() {
    func findings(_ count: Int, _ rule: String = "noisy") -> [Finding] {
      // All within one stretch of the guard, which counts from the epoch.
      let start = 3_600 - Int(1_772_000_000 % 3_600)
      return (0..<count).map { number in
        Self.finding(rule, at: start + number, [Self.entity(.ip, "192.0.2.\(number)")])
      }
    }
    let most = IncidentCorrelator.findingsByRuleMax
    #expect(Self.incidents(findings(most)).count == most)
    let other = findings(3, "other")
    for order in [findings(most + 30) + other, other + findings(most + 30).reversed()] {
      // The three of another rule are of the same addresses as three of the noise.
      #expect(Self.incidents(order).map(\.count) == [most + 33])
    }
    let apart = (0..<3).map { number in
      Self.finding("apart", at: 2_000, [Self.entity(.ip, "203.0.113.\(number)")])
    }
    #expect(Self.incidents(findings(most + 1) + apart).count == 4)
  }

  @Test("the same rule says the same of an actor again: one story for a day")
  func slow() {
    let address = [Self.entity(.ip, "203.0.113.4")]
    let hours = (0..<5).map { Self.finding("injection", at: $0 * 20_000, address) }
    #expect(Self.incidents(hours).map(\.count) == [5])
    let mixed = (0..<5).map { Self.finding("rule \($0)", at: $0 * 20_000, address) }
    #expect(Self.incidents(mixed).count == 5)
    let late = Self.finding("injection", at: 4 * 20_000 + 60 + 86_401, address)
    #expect(Self.incidents(hours + [late]).map(\.count).sorted() == [1, 5])
  }

  @Test("behaviour belongs to the signature that explains it and links none")
  func behaviour() {
    let host = Self.entity(.host, "web01", .target)
    let big = Self.finding("big", at: 100, count: 90, [Self.entity(.ip, "203.0.113.1"), host])
    let small = Self.finding("small", at: 110, count: 2, [Self.entity(.ip, "203.0.113.2"), host])
    let unusual = Self.finding("unusual", at: 120, detector: .outlier, [host])
    for order in [[big, small, unusual], [unusual, small, big], [small, unusual, big]] {
      #expect(Self.incidents(order, batchSize: 1) == [["big", "unusual"], ["small"]])
    }
    #expect(Self.incidents([unusual]) == [["unusual"]])
    let address = Self.finding(
      "unusual",
      at: 120,
      detector: .outlier,
      [Self.entity(.ip, Self.gateway)]
    )
    #expect(Self.incidents([address]).count == 1)
    #expect(Self.incidents([address], sharing: Self.shared).count == 0)
  }

  @Test("a chain is the longest way in the order of an attack")
  func chains() {
    #expect(TacticChain.longest([]) == [])
    #expect(TacticChain.longest(["impact", "discovery"]).count == 1)
    #expect(
      TacticChain.longest(["credential-access", "initial-access", "unknown", "execution", "impact"])
        == ["credential-access", "initial-access", "execution", "impact"]
    )
    #expect(
      TacticChain.longest(["impact", "initial-access", "persistence", "exfiltration"]).count == 3
    )
  }

  @Test("chains, both worlds and critical assets are terms of the sum")
  func risk() throws {
    var first = Self.finding("a", at: 0, [Self.entity(.ip, "203.0.113.1")])
    var second = Self.finding("b", at: 60, [Self.entity(.ip, "203.0.113.1")])
    var third = Self.finding("c", at: 120, [Self.entity(.ip, "203.0.113.1")])
    (first.tactics, second.tactics) = (["initial-access"], ["persistence"])
    (third.tactics, third.techniques) = (["impact"], ["AML.T0034"])
    second.entities.append(Self.entity(.host, "db01", .target))
    let assets = AssetTable([
      EntityKey(type: .host, value: "db01"): .critical,
      EntityKey(type: .ip, value: "203.0.113.1"): .low,
    ])
    var correlator = IncidentCorrelator(
      windowNanoseconds: Self.window,
      openingSeverity: .medium,
      assets: assets
    )
    let changes = correlator.take([.upsert(first), .upsert(second), .upsert(third)])
    guard case .upsert(let incident) = try #require(changes.last) else { return }
    #expect(
      incident.riskTerms.dropFirst(3).map { "\($0.label) \($0.points)" } == [
        "3 tactics 6", "chain of 3 2", "infrastructure and model access 10",
        "critical asset db01 6", "cap at 100 -4",
      ]
    )
    #expect(incident.risk == incident.riskTerms.reduce(0) { $0 + $1.points })
  }
}
