import Vedette
import VedetteBehavior
import VedetteEvent
import VedetteIncidents

/// Prints what baselines and forests know.
struct ModelPrinter {
  let options: GlobalOptions

  /// Prints a summary: a line for each kind of entity.
  func print(_ model: BehaviorModel) {
    switch options.format {
    case .table: Output.write(text(model))
    case .json: Output.line(ModelJSON.summary(model))
    case .ndjson: Output.line(ModelJSON.summary(model))
    case .csv:
      Output.line("type,entities,scoring,events,series_learning,series_scoring,forest_windows")
      for kind in model.summary.kinds {
        Output.line(
          "\(kind.type.rawValue),\(kind.entities),\(kind.entitiesScoring),\(kind.events),"
            + "\(kind.seriesLearning),\(kind.seriesScoring),\(kind.forestWindows)"
        )
      }
    }
  }

  /// Prints what is known of entities.
  func print(_ entities: [EntityStatus]) {
    switch options.format {
    case .table: for entity in entities { Output.write(text(entity)) }
    case .json:
      Output.line("[" + entities.map(ModelJSON.entity).joined(separator: ",\n") + "]")
    case .ndjson: for entity in entities { Output.line(ModelJSON.entity(entity)) }
    case .csv:
      Output.line(
        "entity,source,metric,window_seconds,windows,windows_wanted,scoring,usual,highest,bound"
      )
      for entity in entities { for series in entity.series { Output.line(row(entity, series)) } }
    }
  }

  private func text(_ model: BehaviorModel) -> String {
    let summary = model.summary
    var text = ""
    for kind in summary.kinds {
      let forest =
        kind.forestWindows > 0
        ? "forest of \(kind.forestWindows) windows" : "no forest yet, it wants 256 windows"
      text += "\(kind.type.rawValue)\n"
      text += "  learning  \(summary.progress(of: kind))\n"
      text += "  series    \(kind.seriesScoring) scoring, \(kind.seriesLearning) learning\n"
      text += "  mix       \(forest)\n"
    }
    text += "budget      \(Figure.plain(summary.falseAlarmsPerDay)) findings a day of all sources\n"
    for source in summary.sources {
      text += "  \(TerminalText.visible(source.source.name)): \(source.progress)\n"
    }
    let sizes = summary.sizes
    text += "sizes       \(sizes.full) entities in full, \(sizes.slots) in slots of 32 bytes "
    text += "(\(sizes.slotBytes) bytes), \(sizes.demoted) times put into one, "
    text += "\(sizes.promoted) times taken out, \(sizes.forgotten) forgotten\n"
    text += contactsText(summary.contacts) + travelText(summary.travel)
    let counts = summary.counts
    text += "beyond it   \(summary.withheldFindings) findings wait for a rule, "
    text += "\(counts.beyondBudget) were let go\n"
    text += "left out    \(counts.late) late events, \(counts.untimed) without a time, "
    text += "\(counts.evicted) entities evicted, \(counts.refused) events refused\n"
    text += "state       \(model.byteCount) bytes, seed \(summary.seed), digest \(model.digest)\n"
    return text
  }

  private func contactsText(_ contacts: BehaviorSummary.Contacts) -> String {
    guard contacts.pairs > 0 || contacts.refused > 0 else { return "" }
    return "contacts    \(contacts.pairs) pairs, \(contacts.regular) regular, "
      + "\(contacts.evicted) evicted, \(contacts.refused) events refused\n"
  }

  private func travelText(_ travel: BehaviorSummary.Travel?) -> String {
    guard let travel else {
      return "travel      not available: set enrich.geo or enrich.networks\n"
    }
    let tables = travel.tables.map(TerminalText.visible).joined(separator: ", ")
    return "travel      \(travel.entities) entities, \(travel.sightings) sightings by \(tables), "
      + "\(travel.evicted) evicted, \(travel.refused) events refused\n"
  }

  private func text(_ entity: EntityStatus) -> String {
    var text = "\(TerminalText.visible(entity.entity.description)) in "
    text += "\(TerminalText.visible(entity.source.name))\n"
    text += "  learning  \(entity.progress)\n"
    text += "  seen      \(entity.firstSeen) to \(entity.lastSeen?.description ?? "now")\n"
    for series in entity.series {
      let name = "\(series.metric) in \(series.windowSeconds / 60) min"
      text += "  \(name): usually \(Figure.plain(series.usual)), "
      text += "highest \(Figure.plain(series.highest)), "
      if series.isScoring {
        text +=
          series.bound.map { "up to \(Figure.plain($0)) passes\n" }
          ?? "told only beside a rule for now\n"
      } else {
        text += "\(series.windows) of \(series.windowsWanted) windows: not scoring yet\n"
      }
    }
    let values = entity.values.map { "\($0.count) \($0.attribute)" }.joined(separator: ", ")
    let news = entity.isNewsScoring ? "new ones are told" : "not scoring yet"
    text += "  values    \(values.isEmpty ? "none" : values): \(news)\n"
    for scope in entity.scopes { text += "    \(scope.name): \(scope.progress)\n" }
    return text
  }

  private func row(_ entity: EntityStatus, _ series: EntityStatus.Series) -> String {
    [
      entity.entity.description, entity.source.name, series.metric,
      "\(series.windowSeconds)", "\(series.windows)", "\(series.windowsWanted)",
      "\(series.isScoring)", Figure.plain(series.usual), Figure.plain(series.highest),
      series.bound.map(Figure.plain) ?? "",
    ].map(CSV.field).joined(separator: ",")
  }
}

/// Numbers for people.
enum Figure {
  /// A number with at most two digits after the point.
  static func plain(_ number: Double) -> String {
    guard number.magnitude < 1e15 else { return "\(number)" }
    let rounded = (number * 100).rounded() / 100
    return rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
  }
}

/// What baselines and forests know, as JSON.
enum ModelJSON {
  /// The summary of a model.
  static func summary(_ model: BehaviorModel) -> String {
    let summary = model.summary
    var json = JSONWriter()
    json.object { json in
      json.member("format", 2)
      json.member("digest", model.digest)
      json.member("bytes", model.byteCount)
      json.member("seed", String(summary.seed))
      json.member("learning_days", Double(summary.learningNanoseconds) / 86_400e9)
      json.member("false_alarms_per_day", summary.falseAlarmsPerDay)
      json.key("kinds")
      json.array { json in for kind in summary.kinds { write(kind, summary, to: &json) } }
      json.key("sources")
      json.array { json in for source in summary.sources { write(source, to: &json) } }
      json.member("findings_waiting", summary.withheldFindings)
      json.key("sizes")
      write(summary.sizes, to: &json)
      json.key("contacts")
      json.object { json in
        json.member("pairs", summary.contacts.pairs)
        json.member("regular", summary.contacts.regular)
        json.member("evicted", summary.contacts.evicted)
        json.member("refused", summary.contacts.refused)
      }
      json.key("travel")
      write(summary.travel, to: &json)
      json.key("counts")
      json.object { json in
        json.member("late", summary.counts.late)
        json.member("untimed", summary.counts.untimed)
        json.member("evicted", summary.counts.evicted)
        json.member("refused", summary.counts.refused)
        json.member("beyond_budget", summary.counts.beyondBudget)
        json.member("uncalibrated", summary.counts.uncalibrated)
        json.member("unreadable_rows", summary.counts.unreadableRows)
      }
    }
    return json.text
  }

  private static func write(
    _ kind: BehaviorSummary.Kind,
    _ summary: BehaviorSummary,
    to json: inout JSONWriter
  ) {
    json.object { json in
      json.member("type", kind.type.rawValue)
      json.member("progress", summary.progress(of: kind))
      json.member("entities", kind.entities)
      json.member("entities_scoring", kind.entitiesScoring)
      json.member("events", Int(clamping: kind.events))
      json.member("series_learning", kind.seriesLearning)
      json.member("series_scoring", kind.seriesScoring)
      json.member("forest_windows", kind.forestWindows)
    }
  }

  private static func write(_ sizes: BehaviorSummary.Sizes, to json: inout JSONWriter) {
    json.object { json in
      json.member("full", sizes.full)
      json.member("slots", sizes.slots)
      json.member("slot_bytes", sizes.slotBytes)
      json.member("promoted", sizes.promoted)
      json.member("demoted", sizes.demoted)
      json.member("forgotten", sizes.forgotten)
    }
  }

  private static func write(_ travel: BehaviorSummary.Travel?, to json: inout JSONWriter) {
    json.object { json in
      json.member("available", travel != nil)
      guard let travel else { return }
      json.member("tables", travel.tables)
      json.member("entities", travel.entities)
      json.member("sightings", travel.sightings)
      json.member("evicted", travel.evicted)
      json.member("refused", travel.refused)
    }
  }

  private static func write(_ source: CalibrationStatus, to json: inout JSONWriter) {
    json.object { json in
      json.member("source", source.source.name)
      json.member("first_seen", source.firstSeen?.description)
      json.member("calibrated", source.isCalibrated)
      json.member("progress", source.progress)
      json.key("limits")
      json.object { json in
        for limit in source.limits {
          json.key(limit.kind)
          json.object { json in
            json.member("least", limit.least)
            json.member("expected_per_day", limit.expectedPerDay)
          }
        }
      }
    }
  }

  /// What is known of an entity.
  static func entity(_ entity: EntityStatus) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("entity", entity.entity.description)
      json.member("source", entity.source.name)
      json.member("progress", entity.progress)
      json.member("scoring", entity.isScoring)
      json.member("first_seen", entity.firstSeen.description)
      json.member("last_seen", entity.lastSeen?.description)
      json.member("events", Int(clamping: entity.events))
      json.member("age_days", Double(entity.ageNanoseconds) / 86_400e9)
      json.key("series")
      json.array { json in for series in entity.series { write(series, to: &json) } }
      json.key("values")
      json.object { json in for value in entity.values { json.member(value.attribute, value.count) }
      }
      json.member("new_values_scoring", entity.isNewsScoring)
      json.key("scopes")
      json.array { json in for scope in entity.scopes { write(scope, to: &json) } }
    }
    return json.text
  }

  private static func write(_ scope: EntityStatus.Scope, to json: inout JSONWriter) {
    json.object { json in
      json.member("scope", scope.name)
      json.member("entities", scope.entities)
      json.member("entities_wanted", scope.entitiesWanted)
      json.member("age_days", Double(scope.ageNanoseconds) / 86_400e9)
      json.member("events", Int(clamping: scope.events))
      json.member("scoring", scope.isScoring)
      json.member("progress", scope.progress)
    }
  }

  private static func write(_ series: EntityStatus.Series, to json: inout JSONWriter) {
    json.object { json in
      json.member("metric", series.metric)
      json.member("window_seconds", series.windowSeconds)
      json.member("windows", series.windows)
      json.member("windows_wanted", series.windowsWanted)
      json.member("scoring", series.isScoring)
      json.member("usual", series.usual)
      json.member("highest", series.highest)
      json.member("bound", series.bound)
    }
  }

  /// A row of the state.
  static func row(_ row: (key: String, shard: Int, state: String)) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("key", row.key)
      json.member("shard", row.shard)
      json.member("state", row.state)
    }
    return json.text
  }
}
