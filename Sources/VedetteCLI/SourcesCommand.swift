import ArgumentParser
import VedetteEvent
import VedetteIncidents
import VedetteIngest
import VedetteStore

/// `vedette sources`: how far each source is, and what was lost on the way.
struct SourcesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sources",
    abstract: "Show each source: last event, lag, late events and dead letters by reason."
  )
  @OptionGroup var common: IncidentOptions

  func run() throws {
    let (store, _) = try common.open(for: .reading)
    let sources = try store.sourceStatus()
    let lags = Dictionary(grouping: try store.checkpoints(), by: \.source)
      .mapValues { $0.compactMap(FileLag.of) }
    switch common.options.format {
    case .table: for source in sources { Output.write(text(source, lags[source.source] ?? [])) }
    case .csv:
      Output.line("source,format,records,events,dead_letters,late_events,last_event,lag_bytes")
      for source in sources {
        Output.line(
          [
            source.source.name, source.format, String(source.records), String(source.events),
            String(source.deadLetterCount), String(source.lateEvents),
            source.lastEvent?.description ?? "", String(Self.bytes(lags[source.source])),
          ].map(CSV.field).joined(separator: ",")
        )
      }
    case .ndjson: for source in sources { Output.line(object(source, lags[source.source])) }
    case .json:
      Output.line("[" + sources.map { object($0, lags[$0.source]) }.joined(separator: ",\n") + "]")
    }
    if sources.isEmpty { common.options.note("no source was read into this database yet") }
  }

  private static func bytes(_ lags: [FileLag]?) -> Int64 {
    lags?.reduce(0) { $0 + $1.bytes } ?? 0
  }

  private func text(_ source: SourceStatus, _ lags: [FileLag]) -> String {
    var text = TerminalText.visible(source.source.name) + "\n"
    text += "  format   \(source.format), \(source.formatReason)\n"
    text += "  records  \(source.records), of them \(source.events) events"
    text += " and \(source.deadLetterCount) dead letters\n"
    for letter in source.readDeadLetters {
      text += "           \(letter.count) \(TerminalText.visible(letter.reason))\n"
    }
    for loss in source.losses {
      text += "  lost     \(loss.count) \(TerminalText.visible(loss.reason))\n"
    }
    if source.lateEvents > 0 { text += "  late     \(source.lateEvents) events\n" }
    if let first = source.firstEvent, let last = source.lastEvent {
      text += "  events   \(common.options.shown(first)) to \(common.options.shown(last))\n"
    }
    if let read = source.lastRead { text += "  read     \(common.options.shown(read))\n" }
    for lag in lags { text += "  lag      \(lag) in \(TerminalText.visible(lag.path))\n" }
    if let problem = source.problem { text += "  problem  \(TerminalText.visible(problem))\n" }
    return text
  }

  private func object(_ source: SourceStatus, _ lags: [FileLag]?) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("source", source.source.name)
      json.member("format", source.format)
      json.member("reason", source.formatReason)
      json.member("records", source.records)
      json.member("events", source.events)
      json.member("dead_letters", source.deadLetterCount)
      json.key("dead_letters_by_reason")
      json.object { json in
        for letter in source.readDeadLetters { json.member(letter.reason, letter.count) }
      }
      json.key("losses_by_reason")
      json.object { json in
        for loss in source.losses { json.member(loss.reason, loss.count) }
      }
      json.member("late_events", source.lateEvents)
      json.member("first_event", source.firstEvent?.description)
      json.member("last_event", source.lastEvent?.description)
      json.member("watermark", source.watermark?.description)
      json.member("last_read", source.lastRead?.description)
      json.member("lag_bytes", Int(Self.bytes(lags)))
      json.member("has_open_line", lags?.contains(where: \.isOpenLine) ?? false)
      json.member("problem", source.problem)
    }
    return json.text
  }
}

extension SourceStatus {
  /// The number of records that could not be read.
  var deadLetterCount: Int { readDeadLetters.reduce(0) { $0 + $1.count } }

  /// The records that could not be read, by reason.
  var readDeadLetters: [ReasonCount] {
    deadLetters.filter { !$0.reason.hasPrefix(Self.lossPrefix) }
  }

  /// What was lost before it was a record, by reason.
  var losses: [ReasonCount] {
    deadLetters.compactMap { one in
      guard one.reason.hasPrefix(Self.lossPrefix) else { return nil }
      return ReasonCount(
        reason: String(one.reason.dropFirst(Self.lossPrefix.count)),
        count: one.count
      )
    }
  }
}
