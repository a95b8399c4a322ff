import VedetteEvent
public import VedetteFindings

extension IncidentText {
  /// Renders what happened, in the order in which it did: findings as sentences, records as they
  /// were read.
  ///
  /// - Parameter detail: The incident.
  /// - Returns: The heading, the story, and a line for each finding and each record.
  public func timeline(_ detail: IncidentDetail) -> String {
    var text = heading(detail) + "\n"
    let story = TerminalText.visible(detail.incident.narrative)
    let words = story.split(separator: " ").map(String.init)
    for line in TerminalText.wrapped(words, separator: " ", columns: style.columns - 2) {
      text += "  \(line)\n"
    }
    var date = ""
    for entry in TimelineEntry.all(of: detail) {
      let next = entry.time.map { "\(style.date($0)) \(style.zone)" } ?? "without a time"
      if next != date { text += next + "\n" }
      date = next
      let clock = entry.time.map(style.clock) ?? "--:--:--"
      text += line(clock, entry)
    }
    return text
  }

  private func line(_ clock: String, _ entry: TimelineEntry) -> String {
    let columns = max(40, style.columns - 12)
    switch entry.kind {
    case .record(let evidence):
      let name = evidence.origin.path.split(separator: "/").last.map(String.init) ?? "-"
      let place = "\(TerminalText.visible(name)):\(evidence.origin.line)"
      let record = "| \(place)  \(TerminalText.visible(evidence.raw))"
      return "  \(clock)  \(TerminalText.truncated(record, to: columns))\n"
    case .finding(let finding):
      let word = finding.severity.name.uppercased()
      let words = sentence(finding).split(separator: " ").map(String.init)
      let lines = TerminalText.wrapped([word] + words, separator: " ", columns: columns)
      return lines.enumerated().map { index, line in
        guard index == 0 else { return "            \(line)\n" }
        let rest = line.dropFirst(word.count)
        return "  \(clock)  \(style.painted(word, finding.severity))\(rest)\n"
      }.joined()
    }
  }

  private func sentence(_ finding: Finding) -> String {
    var sentence = TerminalText.visible(finding.title)
    let participants = Participants(finding.entities)
    let who = participants.parts.joined(separator: " ")
    if !who.isEmpty { sentence += (participants.hasActor ? " by " : " ") + who }
    if !finding.explanation.summary.isEmpty {
      sentence += ": " + Wording.clause(TerminalText.visible(finding.explanation.summary))
    }
    guard finding.count > 1 else { return sentence }
    let until = finding.lastTime > finding.time ? " until \(style.clock(finding.lastTime))" : ""
    return sentence + " (\(Wording.count(finding.count, "event"))\(until))"
  }
}

/// Something that has its place in a timeline.
struct TimelineEntry {
  enum Kind {
    case finding(Finding)
    case record(Evidence)
  }

  let time: EventTime?
  let kind: Kind

  /// Returns the findings and records of an incident by time, what has no time last.
  ///
  /// A finding comes before the records it rests on; a record of several findings comes once.
  static func all(of detail: IncidentDetail) -> [TimelineEntry] {
    var entries: [TimelineEntry] = []
    var seen: Set<Evidence> = []
    for finding in detail.findings {
      entries.append(TimelineEntry(time: finding.time, kind: .finding(finding)))
      for one in finding.evidence where seen.insert(one).inserted {
        entries.append(TimelineEntry(time: one.time, kind: .record(one)))
      }
    }
    func key(_ index: Int) -> (Int, EventTime, Int) {
      let time = entries[index].time
      let isRecord = if case .record = entries[index].kind { 1 } else { 0 }
      return (time == nil ? 1 : 0, time ?? EventTime(nanosecondsSinceEpoch: 0), isRecord)
    }
    return entries.indices.sorted { left, right in
      key(left) == key(right) ? left < right : key(left) < key(right)
    }.map { entries[$0] }
  }
}
