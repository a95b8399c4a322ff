import Foundation
import Testing
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteStore

/// Prompts and answers are other people's words: unless they are asked for, none reaches the disk.
@Suite("Content of models' calls")
struct ContentTests {
  static let canary = "CanaryWords7f3e"

  struct Case: Sendable, CustomTestStringConvertible {
    let file: String
    /// What stands before a text in the file.
    let key: String
    /// A text that is no content and is kept.
    let kept: String
    var testDescription: String { file }
  }

  static let cases: [Case] = [
    Case(file: "llmjacking/bedrock.ndjson", key: #""text":""#, kept: "ModelInvocationLog"),
    Case(file: "model-extraction/litellm.ndjson", key: #""content":""#, kept: "user_api_key_hash"),
  ]

  /// Returns all that a replay leaves on the disk, while its database is open and after.
  static func bytesLeft(by example: Case, keepsContent: Bool) throws -> (Data, evidence: Int) {
    let folder = try TemporaryFolder()
    let logs = try TemporaryFolder()
    let name = String(example.file.split(separator: "/")[1])
    let text = try PackageTree.text("sample-logs/\(example.file)")
    try logs.write(name, text.replacing(example.key, with: example.key + canary + " "))
    var configuration = PipelineConfiguration()
    configuration.keepsContent = keepsContent
    configuration.sources = [SourceConfiguration(path: logs[name])]
    // What is kept shows only where findings hold it: each call is one.
    let rules = try TemporaryFolder()
    try rules.write("any.yml", Self.rule)
    configuration.rulePaths = [rules.path]
    let engine = Engine(
      rules: RuleSource.load(configuration).rules,
      contentKey: Array(repeating: 7, count: 32)
    )
    let store = try IncidentStore.open(folder["vedette.db"], for: .pipeline, writtenBy: "tests")
    _ = try Replay(configuration: configuration, engine: engine)
      .run(into: store, now: { EventTime(nanosecondsSinceEpoch: 0) })
    var evidence = 0
    try store.forEachIncident { detail in
      for finding in detail.findings { evidence += finding.evidence.count }
    }
    var bytes = try folder.allBytes()
    try store.close()
    bytes += try folder.allBytes()
    return (bytes, evidence)
  }

  static let rule = """
    title: Any call of a model
    id: 0b6f2b0e-58d5-4b0c-9c0a-1f6f7e0d9a11
    status: test
    level: high
    logsource:
      category: model_access
    detection:
      selection:
        ai.request.id|exists: true
      condition: selection
    """

  @Test("no word of it is on the disk after a replay", arguments: cases)
  func blanked(_ example: Case) throws {
    let (bytes, evidence) = try Self.bytesLeft(by: example, keepsContent: false)
    #expect(evidence > 0)
    #expect(bytes.range(of: Data(example.kept.utf8)) != nil)
    #expect(bytes.range(of: Data(Self.canary.utf8)) == nil)
  }

  @Test("it is kept where that is asked for", arguments: cases)
  func kept(_ example: Case) throws {
    let (bytes, _) = try Self.bytesLeft(by: example, keepsContent: true)
    #expect(bytes.range(of: Data(Self.canary.utf8)) != nil)
  }
}
