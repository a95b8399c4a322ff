import VedetteEvent
public import VedetteFindings

extension IncidentText {
  /// Renders an incident on one screen: who, what, why, when, and what to look at next.
  ///
  /// - Parameter detail: The incident.
  /// - Returns: The screen.
  public func show(_ detail: IncidentDetail) -> String {
    var lines = [heading(detail)]
    func add(_ label: String, _ contents: [String]) {
      for (index, content) in contents.enumerated() {
        lines.append("  " + TerminalText.padded(index == 0 ? label : "", to: 6) + content)
      }
    }
    let columns = style.columns - 8
    let who = Participants(detail.incident.entities).parts
    add("who", TerminalText.wrapped(who, separator: "   ", columns: columns))
    add("what", what(detail, columns: columns))
    add("why", why(detail, columns: columns))
    lines += techniques(detail.incident.techniques)
    add("time", [time(detail)])
    add("notes", TerminalText.wrapped(notes(detail), separator: ", ", columns: columns))
    let also = detail.incident.aliases.map { "INC-\($0.hex.prefix(style.idDigits))" }
    if !also.isEmpty { add("also", [Wording.list(also, most: 3)]) }
    add("next", next(detail, columns: columns))
    return lines.joined(separator: "\n") + "\n"
  }

  private func what(_ detail: IncidentDetail, columns: Int) -> [String] {
    var steps: [(title: String, count: Int)] = []
    for finding in detail.findings {
      let title = TerminalText.visible(finding.title)
      if let last = steps.last, last.title == title {
        steps[steps.count - 1].count += finding.count
      } else {
        steps.append((title, finding.count))
      }
    }
    var parts = steps.map { $0.count > 1 ? "\($0.count) x \($0.title)" : $0.title }
    if parts.count > 5 {
      parts = parts[..<3] + ["(\(parts.count - 4) more)"] + [parts[parts.count - 1]]
    }
    guard let last = parts.popLast() else { return [] }
    let span = detail.incident.lastSeen.nanoseconds(since: detail.incident.firstSeen)
    parts.append(span > 0 ? "\(last) in \(Wording.duration(span))" : last)
    return TerminalText.wrapped(parts, separator: " -> ", columns: columns)
  }

  private func why(_ detail: IncidentDetail, columns: Int) -> [String] {
    let incident = detail.incident
    guard !incident.riskTerms.isEmpty else { return ["\(incident.risk) of 100"] }
    var parts: [String] = []
    for (index, term) in incident.riskTerms.enumerated() {
      let sign = term.points < 0 ? "- " : index == 0 ? "" : "+ "
      parts.append("\(sign)\(TerminalText.visible(term.label)) \(term.points.magnitude)")
    }
    parts[0] = "\(incident.risk) = \(parts[0])"
    var lines = TerminalText.wrapped(parts, separator: " ", columns: columns)
    if let usual = detail.findings.first(where: { !$0.explanation.nearestNormal.isEmpty }) {
      let facts = usual.explanation.nearestNormal.map { fact in
        TerminalText.visible("\(fact.name) \(fact.value)")
      }
      let text = "nearest normal: " + facts.joined(separator: ", ")
      lines.append(TerminalText.truncated(text, to: columns))
    }
    return lines
  }

  private func techniques(_ techniques: [String]) -> [String] {
    let (atlas, attack) = Wording.split(techniques.map(TerminalText.visible))
    let parts = [("ATLAS", atlas), ("ATT&CK", attack)].filter { !$0.1.isEmpty }
      .map { name, ids in
        let more = ids.count > 5 ? " +\(ids.count - 5) more" : ""
        return "\(name) \(ids.prefix(5).joined(separator: " "))\(more)"
      }
    let lines = TerminalText.wrapped(parts, separator: "   ", columns: style.columns - 2)
    return lines.map { "  " + $0 }
  }

  private func time(_ detail: IncidentDetail) -> String {
    let incident = detail.incident
    let isOneDay = style.date(incident.firstSeen) == style.date(incident.lastSeen)
    let first = "\(style.date(incident.firstSeen)) \(style.clock(incident.firstSeen))"
    let last =
      isOneDay
      ? style.clock(incident.lastSeen) : String(style.minute(incident.lastSeen).dropFirst(5))
    let counts = [
      Wording.count(incident.eventCount, "event"), Wording.count(incident.sources.count, "source"),
    ]
    let room =
      style.columns - 8 - first.count - last.count - 4 - counts.joined(separator: ", ").count
    let line = TimeStrip(detail, bucketCount: min(24, max(8, room))).text
    return "\(first) \(line) \(last)  \(counts.joined(separator: ", "))"
  }

  private func notes(_ detail: IncidentDetail) -> [String] {
    var notes: [String] = []
    if let owner = detail.triage.owner { notes.append("owner \(TerminalText.visible(owner))") }
    if let classification = detail.triage.classification {
      let plain = "\(classification.rawValue): "
      let reason = detail.activity.last { $0.action == "close" && $0.detail.hasPrefix(plain) }
      let said = reason.map { $0.detail.dropFirst(plain.count) }
      notes.append(
        "closed as \(classification.rawValue)"
          + (said.map { ": " + TerminalText.visible(String($0)) } ?? "")
      )
    }
    if detail.triage.foldedCount > 0 {
      notes.append("\(Wording.count(detail.triage.foldedCount, "finding")) of the same since")
    }
    notes += verdictsOfParts(detail)
    let comments = detail.activity.count { $0.action == "comment" }
    if comments > 0 { notes.append(Wording.count(comments, "comment")) }
    return notes
  }

  /// What was decided about incidents before they became part of this one, as far as it is not what
  /// holds for all.
  private func verdictsOfParts(_ detail: IncidentDetail) -> [String] {
    var verdicts: [FindingID: String] = [:]
    for one in detail.activity where one.incident != detail.incident.id {
      switch one.action {
      case "close": verdicts[one.incident] = one.detail
      case "reopen": verdicts[one.incident] = nil
      default: break
      }
    }
    let own = detail.triage.classification.map { "\($0.rawValue): " }
    return verdicts.sorted { $0.key < $1.key }.filter { verdict in
      own.map { !verdict.value.hasPrefix($0) } ?? true
    }.map { id, verdict in
      "INC-\(id.hex.prefix(style.idDigits)) was closed as \(TerminalText.visible(verdict))"
    }
  }

  private func next(_ detail: IncidentDetail, columns: Int) -> [String] {
    let id = detail.incident.id.hex.prefix(style.commandDigits)
    var commands = ["vedette incidents timeline \(id)"]
    let actor = detail.incident.entities.first { $0.role == .actor }
    let entity = actor.flatMap { actor in
      // What is shown as an escape would name another entity.
      TerminalText.visible(actor.value) == actor.value
        ? Wording.shellWord("\(actor.type.rawValue):\(Wording.masked(actor.key))") : nil
    }
    if style.hasEntities, let entity {
      commands.append("vedette entities show \(entity)")
    } else {
      commands.append("vedette incidents evidence \(id)")
    }
    if let database = style.database {
      // A path that can't be shown can't be typed either; the command then asks for it.
      let word = Wording.shellWord(database) ?? "PATH"
      commands = commands.map { "\($0) --db \(word)" }
    }
    let line = commands.joined(separator: " | ")
    return TerminalText.width(of: line) <= columns ? [line] : commands
  }
}
