import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIngest
import VedetteNormalize
import VedetteIncidents

/// What a run tells people on standard error.
enum ReportText {
  /// Tells what was read and what was not.
  static func tell(_ report: PipelineReport, seconds: Double, options: GlobalOptions) {
    for problem in report.problems { Output.note("vedette: \(TerminalText.visible("\(problem)"))") }
    if let warning = warning(report) { Output.note("vedette: \(warning)") }
    guard !options.quiet else { return }
    for passed in report.passedOver {
      options.note("passed over \(TerminalText.visible(passed.path)): \(passed.reason.words)")
    }
    for source in report.sources { tell(source, options) }
    if report.droppedFindingCount > 0 {
      options.note(
        "\(report.droppedFindingCount) findings of correlations are over the limit and not counted; "
          + "try fewer logs"
      )
    }
    if let text = evicted(report) { options.note(text) }
    let rate = seconds > 0 ? Double(report.eventCount) / seconds : 0
    options.note(
      "\(report.recordCount) records, \(report.eventCount) events, "
        + "\(report.deadLetterCount) dead letters in \(decimal(seconds)) s (\(Int(rate)) events/s)"
    )
  }

  /// What was let go because a limit was reached, if anything was.
  static func evicted(_ report: PipelineReport) -> String? {
    guard report.evictedStateCount > 0 else { return nil }
    return "\(report.evictedStateCount) groups of correlations and entities were let go, those "
      + "silent longest, because there were too many; what they had come to stands"
  }

  /// What nobody may miss, however quiet: that nothing was read though all went well.
  private static func warning(_ report: PipelineReport) -> String? {
    if report.eventCount > 0 || !report.problems.isEmpty { return nil }
    if report.deadLetterCount > 0 {
      return "no record of \(report.recordCount) could be read; "
        + "'vedette explain --failures FILE' shows why"
    }
    return report.sources.isEmpty ? "there was nothing to read in what was named" : nil
  }

  private static func tell(_ source: SourceRecord, _ options: GlobalOptions) {
    for (path, choice) in source.formats.sorted(by: { $0.key < $1.key }) {
      options.note(
        "\(TerminalText.visible(path)): \(choice.format.rawValue), \(choice.reason)"
      )
    }
    for (reason, count) in source.deadLetters.sorted(by: { $0.key < $1.key }) {
      options.note(
        "  \(count) dead letters: \(reason) (vedette explain --failures FILE shows them)"
      )
    }
    if source.timelessCount > 0 { options.note("  \(source.timelessCount) events without a time") }
    if source.lateCount > 0 { options.note("  \(source.lateCount) events came late") }
    if source.droppedFieldCount > 0 {
      options.note("  \(source.droppedFieldCount) fields over the limits were left out")
    }
  }

  static func decimal(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

/// One line on a terminal that says how far a long replay is.
struct ProgressLine {
  private let isShown: Bool
  private let start: Double
  private var lastShown: Double
  private var isOnScreen = false

  init(isShown: Bool, start: Double) {
    self.isShown = isShown
    self.start = start
    lastShown = start
  }

  mutating func update(_ report: PipelineReport) {
    guard isShown else { return }
    let now = Clock.monotonicSeconds()
    guard now - start > 1, now - lastShown > 0.2 else { return }
    lastShown = now
    isOnScreen = true
    let megabytes = report.byteCount >> 20
    let rate = Int(Double(report.eventCount) / (now - start))
    Output.noteInPlace("\(report.eventCount) events, \(megabytes) MiB, \(rate) events/s")
  }

  mutating func clear() {
    if isOnScreen { Output.noteInPlace("") }
    isOnScreen = false
  }
}

/// How incidents compare with labels, in lines.
enum ExpectationText {
  static func text(_ result: ExpectationResult) -> String {
    var text = ""
    for (attack, details) in result.attacks {
      let name = TerminalText.visible(attack.name)
      guard let first = details.first else {
        text += "missed  \(name): \(TerminalText.visible(attack.kind))\n"
        continue
      }
      let delay = result.timeToDetect(attack).map { ", \(words($0)) after its first event" } ?? ""
      let id = first.incident.id.hex.prefix(10)
      text += "found   \(name): INC-\(id) \(first.incident.severity.name)\(delay)\n"
    }
    for detail in result.falseIncidents {
      let title = TerminalText.visible(detail.incident.title)
      text += "false   INC-\(detail.incident.id.hex.prefix(10)): \(title)\n"
    }
    let precision = ReportText.decimal(result.precision)
    let recall = ReportText.decimal(result.recall)
    let found = result.attacks.count { !$0.incidents.isEmpty }
    text += "precision \(precision)  recall \(recall)  "
    text += "(\(found) of \(result.attacks.count) attacks, \(result.falseIncidents.count) false)\n"
    return text
  }

  private static func words(_ nanoseconds: Int64) -> String {
    let seconds = nanoseconds / 1_000_000_000
    return seconds < 120 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
  }
}

extension SourcePlan.PassedOver.Reason {
  /// Why a file is not read, in words.
  var words: String {
    switch self {
    case .name: "its name says that it holds no records"
    case .sameFile(let other): "it is the same file as \(TerminalText.visible(other))"
    case .copy(let other): "it is a compressed copy of \(TerminalText.visible(other))"
    case .kind(let kind): kind
    }
  }
}
