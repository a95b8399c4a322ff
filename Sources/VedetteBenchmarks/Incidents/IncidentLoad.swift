import Foundation
import VedetteCorrelate
import VedetteEvent
import VedetteFindings
import VedetteStatistics
import VedetteStore

/// How long a list of incidents takes on a large database, and how many findings a second are
/// grouped and committed.
struct IncidentLoad {
  private static let incidentCount = 100_000
  private static let listMillisecondsMax = 100.0
  private static let findingsPerSecond = 1_000
  private static let seconds = 60

  private let program: String?

  /// Creates a measurement.
  ///
  /// - Parameter program: The built `vedette`; without it the list is measured in this process alone.
  init(program: String?) { self.program = program }

  /// Measures, and prints what was measured.
  ///
  /// - Returns: The bounds that are missed, in words.
  /// - Throws: What the database throws.
  func run() throws -> [String] {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "vedette-load-\(ProcessInfo.processInfo.processIdentifier)"
    ).path
    try FileManager.default.createDirectory(
      atPath: folder,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try list(folder + "/list.db") + flow(folder + "/flow.db")
  }

  private func list(_ path: String) throws -> [String] {
    let store = try IncidentStore.open(path, for: .pipeline, writtenBy: "benchmark")
    var random = SplitMix64(seed: 1)
    for start in stride(from: 0, to: Self.incidentCount, by: 2_000) {
      var batch = CommitBatch(at: time(start))
      for number in start..<start + 2_000 {
        let finding = finding(number, at: number, actor: Int.random(in: 0..<40_000, using: &random))
        let risk = Int.random(in: 20...100, using: &random)
        batch.incidents.append(incident(finding, risk: risk))
        batch.findings.append(.init(finding, in: finding.id))
      }
      try store.commit(batch)
    }
    try store.close()
    var query = IncidentQuery()
    query.limit = 50
    let reader = try IncidentStore.open(path, for: .reading, writtenBy: "benchmark")
    var own: [Double] = []
    for _ in 0..<9 { own.append(try milliseconds { _ = try reader.incidents(query) }) }
    print("list in this process: \(Self.text(Measurement.median(own))) ms")
    var worst = Measurement.median(own)
    if let program {
      var runs: [Double] = []
      for _ in 0..<9 {
        let arguments = ["incidents", "list", "--db", path, "-o", "table"]
        runs.append(try milliseconds { try start(program, arguments) })
      }
      worst = Measurement.median(runs)
      print("vedette incidents list on \(Self.incidentCount) incidents: \(Self.text(worst)) ms")
    }
    let isMissed = worst >= Self.listMillisecondsMax
    return isMissed ? ["a list takes \(Self.text(worst)) ms, not under 100"] : []
  }

  /// A minute of findings, a thousand for each second: of many actors, some of which come again.
  private func flow(_ path: String) throws -> [String] {
    let store = try IncidentStore.open(path, for: .pipeline, writtenBy: "benchmark")
    var correlator = IncidentCorrelator(
      windowNanoseconds: 3_600_000_000_000,
      openingSeverity: .medium
    )
    var random = SplitMix64(seed: 2)
    var slowest = 0.0
    var total = 0.0
    for second in 0..<Self.seconds {
      let findings = (0..<Self.findingsPerSecond).map { number in
        let actor = Int.random(in: 0..<20_000, using: &random)
        return finding(second * Self.findingsPerSecond + number, at: second, actor: actor)
      }
      let taken = try milliseconds {
        var batch = CommitBatch(at: time(second))
        for change in correlator.take(findings.map(FindingChange.upsert)) {
          switch change {
          case .upsert(let incident): batch.incidents.append(incident)
          case .merged(let old, let heir): batch.mergedIncidents.append(.init(old, of: heir))
          }
        }
        let gone = Set(batch.mergedIncidents.map(\.id))
        batch.incidents.removeAll { gone.contains($0.id) }
        batch.findings = findings.map { .init($0, in: correlator.incident(of: $0.id)) }
        batch.stateRows = correlator.changes()
        batch.stateDigests = [
          IncidentCorrelator.stateName: StateDigests(rules: "", configuration: "", format: "")
        ]
        try store.commit(batch)
      }
      slowest = max(slowest, taken)
      total += taken
    }
    try store.close()
    let rate = Double(Self.seconds * Self.findingsPerSecond) / (total / 1_000)
    print(
      "findings grouped and committed: \(Int(rate)) a second, the slowest thousand in "
        + "\(Self.text(slowest)) ms"
    )
    return slowest > 1_000 ? ["a thousand findings take over a second"] : []
  }

  private func time(_ second: Int) -> EventTime {
    EventTime(nanosecondsSinceEpoch: (1_772_438_400 + Int64(second)) * 1_000_000_000)
  }

  private func finding(_ number: Int, at second: Int, actor: Int) -> Finding {
    let rule = RuleReference(
      id: "rule-\(actor % 40)",
      title: "Rule \(actor % 40)",
      level: .medium,
      path: "rules/rule.yml"
    )
    let raw = Array("Mar  2 10:14:07 web01 sshd[\(number)]: Failed password for root".utf8)
    var finding = Finding(
      id: FindingID(high: SplitMix64(seed: UInt64(number)).first, low: UInt64(number)),
      time: time(second),
      lastTime: time(second + 5),
      detector: .rule,
      title: rule.title,
      rule: rule,
      severity: .medium,
      score: 52,
      entities: [
        Entity(
          type: .ip,
          value: "10.\(actor >> 16).\(actor >> 8 & 255).\(actor & 255)",
          role: .actor
        ),
        Entity(type: .host, value: "web\(actor % 300)", role: .target),
      ],
      techniques: ["T1110.001"],
      tactics: ["credential-access"],
      sources: [SourceID("auth-\(actor % 300).log")],
      count: 5,
      evidence: [],
      explanation: Explanation(summary: "5 events in 5 s; 5 in 10 min are enough")
    )
    finding.evidence = (0..<2).map { index in
      Evidence(
        time: time(second + index),
        origin: RecordOrigin(
          path: "auth.log",
          line: number,
          offset: Int64(number) * 80,
          length: raw.count
        ),
        raw: raw
      )
    }
    return finding
  }

  private func incident(_ finding: Finding, risk: Int) -> Incident {
    Incident(
      id: finding.id,
      title: finding.title,
      risk: risk,
      riskTerms: [RiskTerm(label: finding.title, points: risk)],
      firstSeen: finding.time,
      lastSeen: finding.lastTime,
      entities: finding.entities,
      techniques: finding.techniques,
      tactics: finding.tactics,
      findings: [finding.id],
      eventCount: finding.count,
      sources: finding.sources,
      narrative: "Somebody tries passwords.",
      aliases: []
    )
  }

  private func milliseconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try body()
    let taken = (clock.now - start).components
    return Double(taken.seconds) * 1_000 + Double(taken.attoseconds) / 1e15
  }

  private func start(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkError.failed("'vedette incidents list' failed")
    }
  }

  private static func text(_ number: Double) -> String { String(format: "%.1f", number) }
}

extension SplitMix64 {
  /// The first number of its seed.
  fileprivate var first: UInt64 {
    var copy = self
    return copy.next()
  }
}
