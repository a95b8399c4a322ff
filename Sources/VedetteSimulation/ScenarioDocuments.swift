import VedetteEvent

/// Writes what lies beside a scenario's logs: README, labels and expectations.
struct ScenarioDocuments {
  let scenario: Scenario
  let content: ScenarioContent

  /// The README: origin, story and a table of the logs.
  var readme: String {
    var text = "# \(scenario.title)\n\n\(content.story)\n\n"
    text += """
      Origin: synthetic. `VedetteSimulation` writes this folder from a seed and a test holds the two
      equal. No line comes from a real system: addresses are those of RFC 5737 and RFC 3849, names
      end in example.com, and keys are invented.

      | file | format | what it is |
      |---|---|---|

      """
    for log in content.logs {
      text += "| `\(log.path)` | `\(log.format)` | \(log.summary) |\n"
    }
    text += "| `labels.ndjson` | | \(scenario.isBenign ? "empty: no attack" : "the attacks") |\n"
    text += "| `scenario.yml` | | year, zone and what a run must find |\n"
    return text
  }

  /// A JSON object for each attack.
  var labels: String {
    var text = ""
    for label in content.labels {
      let object: JSONText = [
        "attack": .string(label.attack),
        "kind": .string(label.kind),
        "first": .string(label.first.description),
        "last": .string(label.last.description),
        "entities": .array(
          label.entities.map { ["type": .string($0.type), "value": .string($0.value)] }
        ),
        "min_severity": .string(label.severityMin),
      ]
      text += object.text + "\n"
    }
    return text
  }

  /// The document `scenario.yml`.
  var description: String {
    var text = """
      name: \(scenario.name)
      title: \(scenario.title)
      year: 2026
      timezone: UTC
      files:

      """
    for log in content.logs {
      text += "  - path: \(log.path)\n    format: \(log.format)\n"
    }
    text += """
      expect:
        # Incidents of medium severity or above.
        incidents:
          min: \(content.incidents.lowerBound)
          max: \(content.incidents.upperBound)

      """
    guard !content.rules.isEmpty else { return text + "  rules: []\n" }
    text += "  rules:\n"
    for rule in content.rules { text += "    - \(rule.id)  # \(rule.title)\n" }
    return text
  }
}
