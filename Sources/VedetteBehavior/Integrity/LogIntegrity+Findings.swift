import VedetteEvent
import VedetteFindings

extension LogIntegrity {
  /// Of medium, so that it is seen: alone it opens an incident of low.
  private static let score = 45
  private static let tamperScore = 52
  private static let tamperRule = RuleReference(
    id: "9a6f3f0e-5c0b-4f2f-9d43-6b1f4f6e2a51",
    title: "A followed log was cut short or overwritten without a rotation",
    level: .medium,
    path: "built-in"
  )

  /// States that a source is or was silent from its newest event on.
  ///
  /// - Parameters:
  ///   - source: The source as it was when the silence began.
  ///   - next: The event that ended it, or `nil` if none has come.
  /// - Returns: The finding, or `nil` if the pause is nothing unusual.
  func silence(of source: inout WatchedSource, until next: Int64?) -> Finding? {
    let start = source.rhythm.last
    guard let most = source.rhythm.pauseMax else { return nil }
    let pause = next.map { $0.subtractingHeld(start) } ?? most
    guard next == nil || pause > most else { return nil }
    if let stated = source.statedFrom, stated != start,
      start.subtractingHeld(stated) < SourceRhythm.day
    {
      return nil
    }
    source.statedFrom = start
    let usual = source.rhythm.usualPause
    let summary =
      next == nil
      ? "nothing came for over \(Self.words(most)); a pause at this hour is usually no longer than "
        + Self.words(usual)
      : "nothing came for \(Self.words(pause)); a pause at this hour is usually no longer than "
        + Self.words(usual)
    return finding(
      id: ["silence", source.id.name, EventTime(nanosecondsSinceEpoch: start).description],
      title: "A source went silent",
      time: start,
      lastTime: start.addingHeld(pause),
      detected: start.addingHeld(most),
      source,
      techniques: ["T1685"],
      [source.newest].compactMap(\.self),
      Explanation(
        summary: "\(source.id.name): \(summary)",
        terms: [
          ExplanationTerm(
            feature: "silence_minutes",
            observed: Self.minutes(pause),
            expected: Self.minutes(usual),
            contribution: Double(Self.score),
            bound: Self.minutes(most)
          )
        ]
      )
    )
  }

  /// States that numbers are missing.
  func gap(of source: WatchedSource, _ key: String, _ gap: SequenceTracker.Gap) -> Finding {
    let parts = key.split(separator: "\u{0}", omittingEmptySubsequences: false).map(String.init)
    let host = parts.first ?? ""
    let channel = parts.last ?? ""
    let isAudit = channel == "auditd"
    let range = "\(gap.range.lowerBound) to \(gap.range.upperBound)"
    let place = (isAudit ? "auditd" : "channel \(channel)") + (host.isEmpty ? "" : " on \(host)")
    return finding(
      id: ["gap", host, channel, range],
      title: "Records are missing from a numbered log",
      time: gap.time,
      lastTime: gap.time,
      detected: gap.time,
      source,
      host: host,
      techniques: ["T1070", isAudit ? "T1685.004" : "T1685.001"],
      [gap.evidence],
      Explanation(
        summary: "\(gap.missing) of the numbers \(range) of \(place) never came; of the "
          + "\(gap.stepsBefore) before, \(gap.gapsBefore == 0 ? "none" : "\(gap.gapsBefore)") "
          + "came after a gap",
        terms: [
          ExplanationTerm(
            feature: "missing_records",
            observed: Double(gap.missing),
            expected: 0,
            contribution: Double(Self.score),
            bound: 0
          )
        ]
      )
    )
  }

  /// States that a clock is steadily off.
  func clockFinding(of source: WatchedSource, _ offset: Int64, at time: Int64) -> Finding {
    let way = offset > 0 ? "ahead of" : "behind"
    let hours = (abs(offset) + SourceRhythm.hour / 2) / SourceRhythm.hour
    let isZone = hours > 0 && abs(abs(offset) - hours * SourceRhythm.hour) < 5 * 60_000_000_000
    return finding(
      id: ["clock", source.id.name, EventTime(nanosecondsSinceEpoch: time).description],
      title: "The clock of a source is off",
      time: time,
      lastTime: time,
      detected: time,
      source,
      techniques: ["T1070.006"],
      [source.newest].compactMap(\.self),
      Explanation(
        summary: "\(source.id.name): events arrive as they happen, with times steadily "
          + "\(Self.words(abs(offset))) \(way) this host's clock"
          + (isZone ? "; whole hours are most likely the source's 'timezone'" : ""),
        terms: [
          ExplanationTerm(
            feature: "clock_offset_seconds",
            observed: Double(offset / 1_000_000_000),
            expected: 0,
            contribution: Double(Self.score)
          )
        ]
      )
    )
  }

  /// States that logs of a host were cut short or overwritten.
  func tamperFinding(of host: String, _ one: TamperedHost) -> Finding {
    let start = EventTime(nanosecondsSinceEpoch: one.from)
    let named = one.paths.prefix(3).joined(separator: ", ")
    let rest = one.paths.count > 3 ? " and \(one.paths.count - 3) more" : ""
    let what =
      one.cutCount == one.count
      ? "cut short" : one.cutCount == 0 ? "overwritten in place" : "cut short or overwritten"
    let entities =
      (host.isEmpty ? [] : [Entity(type: .host, value: host, role: .target)])
      + one.paths.map { Entity(type: .service, value: $0, role: .target) }
    return Finding(
      id: identifier.id(of: ["tampering", host, one.paths.first ?? "", start.description]),
      time: start,
      lastTime: EventTime(nanosecondsSinceEpoch: one.until),
      detector: .rule,
      title: Self.tamperRule.title,
      rule: Self.tamperRule,
      severity: .medium,
      score: Self.tamperScore,
      entities: entities,
      techniques: ["T1070", "T1685.006"],
      tactics: ["defense-impairment", "stealth"],
      sources: one.sources.sorted(),
      count: one.count,
      evidence: one.evidence,
      explanation: Explanation(
        summary: "\(named)\(rest): \(what) after \(one.bytes) bytes were read, and no rotated copy "
          + "holds them; the last event read before is the evidence",
        terms: [
          ExplanationTerm(
            feature: "rule_level",
            observed: Double(one.count),
            contribution: Double(Self.tamperScore),
            value: "medium"
          )
        ]
      )
    )
  }

  private func finding(
    id: [String],
    title: String,
    time: Int64,
    lastTime: Int64,
    detected: Int64,
    _ source: WatchedSource,
    host: String? = nil,
    techniques: [String],
    _ evidence: [Evidence],
    _ explanation: Explanation
  ) -> Finding {
    let name = host ?? source.host ?? ""
    return Finding(
      id: identifier.id(of: ["integrity"] + id),
      time: EventTime(nanosecondsSinceEpoch: time),
      lastTime: EventTime(nanosecondsSinceEpoch: lastTime),
      detectedTime: EventTime(nanosecondsSinceEpoch: detected),
      detector: .baseline,
      title: title,
      rule: nil,
      severity: Severity(risk: Self.score),
      score: Self.score,
      entities: name.isEmpty
        ? [Entity(type: .service, value: source.id.name, role: .target)]
        : [Entity(type: .host, value: name, role: .target)],
      techniques: techniques,
      tactics: techniques.contains { $0.hasPrefix("T1685") } ? ["defense-impairment"] : ["stealth"],
      sources: [source.id],
      count: 1,
      evidence: evidence,
      explanation: explanation
    )
  }

  private static func minutes(_ nanoseconds: Int64) -> Double {
    Double(nanoseconds / 60_000_000_000)
  }

  /// A span in words: minutes below three hours, then hours, then days.
  private static func words(_ nanoseconds: Int64) -> String {
    let minutes = nanoseconds / 60_000_000_000
    if minutes < 1 { return "\(nanoseconds / 1_000_000_000) s" }
    if minutes < 180 { return "\(minutes) min" }
    return minutes < 4_320 ? "\(minutes / 60) h" : "\(minutes / 1_440) days"
  }
}
