import Vedette
import VedetteFindings
import VedetteIncidents
import VedetteRules

/// What rules cost in a scan, as lines.
struct ProfileText {
  private static let rulesMax = 10
  private static let partsMax = 3

  let text: String

  /// Lays out the most expensive rules.
  ///
  /// - Parameters:
  ///   - profile: What they cost.
  ///   - rules: The rules.
  ///   - report: What was read.
  init(_ profile: RuleProfile, _ rules: RuleSet, _ report: PipelineReport) {
    var layout = TextLayout()
    layout.line(
      "rules took \(Self.milliseconds(profile.nanoseconds)) ms over \(report.eventCount) events; "
        + "the most expensive of \(rules.entries.count):"
    )
    for cost in profile.costs.prefix(Self.rulesMax) {
      let reference = rules.descriptors[cost.rule].reference
      let share = profile.nanoseconds > 0 ? cost.nanoseconds / profile.nanoseconds * 100 : 0
      layout.cut(
        "\(Self.right(Self.milliseconds(cost.nanoseconds))) ms  "
          + "\(Self.right(ReportText.decimal(share), 6)) %  \(reference.title)"
      )
      for part in cost.parts.prefix(Self.partsMax) {
        layout.cut("    \(Self.right(Self.milliseconds(part.nanoseconds))) ms  \(part.words)")
      }
    }
    let rest = profile.costs.dropFirst(Self.rulesMax)
    if !rest.isEmpty {
      let nanoseconds = rest.reduce(0) { $0 + $1.nanoseconds }
      layout.line("\(Self.right(Self.milliseconds(nanoseconds))) ms  all others, \(rest.count)")
    }
    text = layout.text
  }

  private static func milliseconds(_ nanoseconds: Double) -> String {
    ReportText.decimal(nanoseconds / 1e6)
  }

  private static func right(_ text: String, _ width: Int = 9) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
