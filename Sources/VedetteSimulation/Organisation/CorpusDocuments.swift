import VedetteEvent

/// The files of a corpus: its logs, and what lies beside them.
struct CorpusDocuments {
  let attacks: [CorpusAttack]
  let difficulty: CorpusDifficulty
  let logs: CorpusLogs
  let labels: [AttackLabel]
  let events: [ModelAccessCorpus.Event]

  var files: [ScenarioFile] {
    let content = ScenarioContent(
      logs: logs.files,
      labels: labels,
      incidents: labels.isEmpty ? 0...0 : 1...(labels.count * 4),
      rules: [],
      story: """
        The model traffic of an organisation for some days, and at difficulty \
        \(difficulty.rawValue): \(attacks.map(\.title).joined(separator: "; ")).
        """
    )
    let scenario = Scenario(
      name: attacks.map(\.rawValue).joined(separator: "-"),
      title: attacks.count == 1 ? attacks[0].title : "Attacks on model services",
      isBenign: labels.isEmpty,
      content: { _ in content }
    )
    let documents = ScenarioDocuments(scenario: scenario, content: content)
    var files = content.logs.map { ScenarioFile(path: $0.path, bytes: $0.bytes) }
    files.append(ScenarioFile(path: "README.md", bytes: Array(documents.readme.utf8)))
    files.append(ScenarioFile(path: "labels.ndjson", bytes: Array(documents.labels.utf8)))
    files.append(ScenarioFile(path: "labels-events.ndjson", bytes: Array(hostile.utf8)))
    return files.sorted { $0.path < $1.path }
  }

  /// A JSON object for each hostile event; what is not named did no harm.
  private var hostile: String {
    var text = ""
    for event in events {
      guard let attack = event.attack else { continue }
      let object: JSONText = [
        "time": .string(event.time.description), "key": .string(event.key),
        "attack": .string(attack), "cost_usd": .number("\(event.dollars)"),
      ]
      text += object.text + "\n"
    }
    return text
  }
}
