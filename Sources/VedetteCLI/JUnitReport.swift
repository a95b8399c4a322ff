import FoundationEssentials
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents

/// How incidents compare with labels, as the XML that build servers read.
enum JUnitReport {
  /// Returns a suite with a test for each attack, and one that fails when too much is reported.
  ///
  /// With a recall below 1 a missed attack that is allowed for counts as skipped: the suite fails
  /// exactly when the command does.
  static func text(
    _ result: ExpectationResult,
    suite: String,
    maxFalse: Int,
    minRecall: Double
  ) -> String {
    let isForgiven = result.recall >= minRecall
    var cases = ""
    var failures = 0
    var skipped = 0
    for (attack, details) in result.attacks {
      let name = attack.kind.isEmpty ? attack.name : "\(attack.name): \(attack.kind)"
      cases += "  <testcase classname=\(value(suite)) name=\(value(name))"
      guard let first = details.first else {
        let message =
          "no incident of \(attack.severityMin.name) or above names one of its entities "
          + "between \(attack.first) and \(attack.last)"
        cases += ">\n    <\(isForgiven ? "skipped" : "failure") message=\(value(message))/>\n"
        cases += "  </testcase>\n"
        if isForgiven { skipped += 1 } else { failures += 1 }
        continue
      }
      let delay = result.timeToDetect(attack).map { "\(Double($0) / 1e9)" } ?? ""
      let incident = first.incident
      cases += ">\n    <system-out>\(escaped("INC-\(incident.id.hex.prefix(10))"))"
      cases += " \(incident.severity.name) \(escaped(incident.title)); "
      cases += "seconds to detect: \(delay)</system-out>\n  </testcase>\n"
    }
    cases +=
      "  <testcase classname=\(value(suite)) name=\(value("at most \(maxFalse) false incidents"))>"
    let excess = result.falseIncidents.map(\.incident)
    if excess.count > maxFalse {
      failures += 1
      let list = excess.prefix(50).map { "INC-\($0.id.hex.prefix(10)) \($0.title)" }
      cases += "\n    <failure message=\(value("\(excess.count) incidents find no attack"))>"
      cases += "\(escaped(list.joined(separator: "\n")))</failure>\n  "
    }
    cases += "</testcase>\n"
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuite name=\(value(suite)) tests="\(result.attacks.count + 1)" failures="\(failures)" \
      errors="0" skipped="\(skipped)">
      \(cases)</testsuite>

      """
  }

  /// Writes a report; the file of an earlier one is replaced.
  static func write(_ text: String, to path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
      throw CommandFailure("can't write '\(path)'; check that its folder is there and permits it")
    }
  }

  private static func value(_ text: String) -> String { "\"\(escaped(text))\"" }

  private static func escaped(_ text: String) -> String {
    var shown = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if !shown.isEmpty { shown += "&#10;" }
      for scalar in TerminalText.visible(String(line)).unicodeScalars {
        switch scalar {
        case "<": shown += "&lt;"
        case ">": shown += "&gt;"
        case "&": shown += "&amp;"
        case "\"": shown += "&quot;"
        default: shown.unicodeScalars.append(scalar)
        }
      }
    }
    return shown
  }
}

extension ExpectationResult {
  /// Whether enough was found, and little enough beside.
  func meets(minRecall: Double, maxFalse: Int) -> Bool {
    recall >= minRecall && falseIncidents.count <= maxFalse
  }
}
