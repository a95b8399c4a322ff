import Vedette
import VedetteEvent
import VedetteFindings
import VedetteSimulation

/// What was found in several corpora of one difficulty.
struct ModelAccessTally {
  /// One attack and how it went.
  private struct Outcome {
    var kind: String
    var nanoseconds: Int64?
    var isFound: Bool
    var isFoundByRules: Bool
    /// The most requests an hour of one of its keys while it lasted.
    var peak: Int
    /// What it cost until it was found, or in all.
    var dollars: Double
  }

  private var outcomes: [Outcome] = []
  private var falseIncidents = 0
  private var falseByRules = 0
  private var days = 0
  /// The most requests in an hour of each benign key and day.
  private var benignPeaks: [Int] = []

  /// Adds a corpus and what was found in it.
  mutating func add(
    _ corpus: ModelAccessCorpus,
    _ attacks: [ExpectedAttack],
    _ incidents: [IncidentDetail]
  ) {
    let result = ExpectationResult(attacks: attacks, incidents: incidents)
    falseIncidents += result.falseIncidents.count
    falseByRules += result.falseIncidents.count { Self.isByRule($0) }
    days += corpus.judgedDays
    let peaks = HourlyPeaks(corpus)
    benignPeaks += peaks.benign
    for (attack, found) in result.attacks {
      let time = found.isEmpty ? nil : result.timeToDetect(attack)
      let end = time.map { attack.first.advanced(byNanoseconds: $0) }
      let cost = corpus.events.reduce(0.0) { sum, event in
        event.attack == attack.name && end.map { event.time <= $0 } ?? true
          ? sum + event.dollars : sum
      }
      outcomes.append(
        Outcome(
          kind: attack.kind,
          nanoseconds: time,
          isFound: !found.isEmpty,
          isFoundByRules: found.contains { Self.isByRule($0) },
          peak: peaks.hostile[attack.name] ?? 0,
          dollars: cost
        )
      )
    }
  }

  /// A finding of medium or above that a rule of the pack makes, not a detector of behaviour.
  private static func isByRule(_ detail: IncidentDetail) -> Bool {
    detail.findings.contains { finding in
      finding.severity >= .medium && finding.rule.map { !$0.path.hasPrefix("built-in") } ?? false
    }
  }

  /// The table, a row for each kind and one for all.
  var table: String {
    var kinds = CorpusAttack.allCases.map(\.rawValue)
    kinds.append("all")
    let threshold = leastThreshold
    var lines = [
      "| attack | recall | median time | median cost | rules alone | volume | peak/h |",
      "|---|---|---|---|---|---|---|",
    ]
    for kind in kinds {
      let some = outcomes.filter { kind == "all" || $0.kind == kind }
      guard !some.isEmpty else { continue }
      let times = some.compactMap(\.nanoseconds).sorted()
      let time = times.isEmpty ? "-" : Self.words(times[times.count / 2])
      let costs = some.map(\.dollars).sorted()
      let peaks = some.map(\.peak).sorted()
      lines.append(
        "| \(kind) | \(Self.share(some.count(where: \.isFound), some.count)) | \(time) | "
          + "\(Self.rounded(costs[costs.count / 2])) USD | "
          + "\(Self.share(some.count(where: \.isFoundByRules), some.count)) | "
          + "\(Self.share(some.count { $0.peak >= threshold }, some.count)) | "
          + "\(peaks[peaks.count / 2]) |"
      )
    }
    let sorted = benignPeaks.sorted()
    let high = sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * 95 / 100)]
    lines.append(
      "\nfalse incidents of medium or above in 10 days: \(Self.tenDays(falseIncidents, days)); "
        + "of rules alone \(Self.tenDays(falseByRules, days)); threshold \(threshold) an hour; "
        + "95th percentile of benign keys' busiest hours \(high)"
    )
    return lines.joined(separator: "\n")
  }

  /// The least threshold with no more false incidents than there were.
  private var leastThreshold: Int {
    let sorted = benignPeaks.sorted(by: >)
    return falseIncidents < sorted.count ? sorted[falseIncidents] + 1 : 1
  }

  private static func share(_ part: Int, _ whole: Int) -> String {
    "\(part * 100 / max(whole, 1)) %"
  }

  private static func tenDays(_ count: Int, _ days: Int) -> String {
    rounded(Double(count) * 10 / Double(max(days, 1)))
  }

  private static func rounded(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  private static func words(_ nanoseconds: Int64) -> String {
    let seconds = nanoseconds / 1_000_000_000
    return seconds < 120 ? "\(seconds) s" : "\(seconds / 60) min"
  }
}

/// The most requests that keys made in an hour.
struct HourlyPeaks {
  private struct Slot: Hashable {
    var key: String
    var hour: Int64
  }

  /// For each benign key and judged day.
  private(set) var benign: [Int] = []
  /// For each attack, of the busiest of its keys while it lasts, whoever asked.
  private(set) var hostile: [String: Int] = [:]

  init(_ corpus: ModelAccessCorpus) {
    var counts: [Slot: Int] = [:]
    var attacked: [Slot: Set<String>] = [:]
    var dayPeaks: [Slot: Int] = [:]
    for event in corpus.events where event.time >= corpus.judgedFrom {
      let hour = event.time.nanosecondsSinceEpoch / 3_600_000_000_000
      let slot = Slot(key: event.key, hour: hour)
      counts[slot, default: 0] += 1
      if let attack = event.attack { attacked[slot, default: []].insert(attack) }
    }
    let victims = Set(attacked.keys.map(\.key))
    for (slot, count) in counts {
      for attack in attacked[slot] ?? [] { hostile[attack] = max(hostile[attack] ?? 0, count) }
      guard !victims.contains(slot.key) else { continue }
      let day = Slot(key: slot.key, hour: slot.hour / 24)
      dayPeaks[day] = max(dayPeaks[day] ?? 0, count)
    }
    benign = Array(dayPeaks.values)
  }
}
