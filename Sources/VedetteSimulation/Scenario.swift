/// An attack with labels, or the ordinary work that resembles it, as the logs of a few hours.
///
/// Each attack has a twin of the same name with `-benign` behind it: the same operations, at least
/// the same volume, and nothing in it that an analyst should be woken for. Together they say both
/// what a detector finds and what it leaves alone.
///
/// ```swift
/// for file in Scenario.all[0].files(seed: Scenario.defaultSeed) { ... }
/// ```
///
/// The same seed gives the same bytes in every process and on every machine. No line comes from a
/// real system: addresses are those of RFC 5737 and RFC 3849, names end in example.com, and keys
/// are invented. A scenario is not a model of how often attacks happen.
public struct Scenario: Sendable {
  /// The seed that the committed sample logs are made with.
  public static let defaultSeed: UInt64 = 1

  /// The scenario's name and folder, `ssh-brute-force`.
  public let name: String
  /// What happens, in a line.
  public let title: String
  /// Whether it is a twin, in which nothing bad happens.
  public let isBenign: Bool

  private let content: @Sendable (UInt64) -> ScenarioContent

  init(
    name: String,
    title: String,
    isBenign: Bool,
    content: @escaping @Sendable (UInt64) -> ScenarioContent
  ) {
    self.name = name
    self.title = title
    self.isBenign = isBenign
    self.content = content
  }

  /// Every scenario, each attack followed by its twin.
  public static let all: [Scenario] = [
    sshBruteForce, sshBruteForceBenign,
    webShell, webShellBenign,
    cloudKeyTheft, cloudKeyTheftBenign,
    llmjacking, llmjackingBenign,
    modelExtraction, modelExtractionBenign,
    modelWeights, modelWeightsBenign,
  ]

  /// Writes the scenario: its logs, labels, expectations and README.
  ///
  /// - Parameter seed: Any number; it decides names, times and order, but not what happens.
  /// - Returns: The files of the scenario's folder, by path.
  public func files(seed: UInt64) -> [ScenarioFile] {
    let content = content(seed)
    var files = content.logs.map { ScenarioFile(path: $0.path, bytes: $0.bytes) }
    let documents = ScenarioDocuments(scenario: self, content: content)
    files.append(ScenarioFile(path: "README.md", bytes: Array(documents.readme.utf8)))
    files.append(ScenarioFile(path: "labels.ndjson", bytes: Array(documents.labels.utf8)))
    files.append(ScenarioFile(path: "scenario.yml", bytes: Array(documents.description.utf8)))
    return files.sorted { $0.path < $1.path }
  }
}
