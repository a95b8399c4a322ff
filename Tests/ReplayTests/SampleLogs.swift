import Foundation
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteStore

/// The labelled folders below `sample-logs/`.
enum SampleLogs {
  static let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL
  static let engine = Engine(
    rules: RuleSource.load(PipelineConfiguration()).rules,
    contentKey: Array(repeating: 7, count: 32)
  )

  /// The scenarios' names, attacks and their benign twins.
  static var names: [String] {
    get throws {
      let folder = root.appending(path: "sample-logs").path
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { !$0.contains(".") }.sorted()
    }
  }

  static func folder(_ name: String) -> String { root.appending(path: "sample-logs/\(name)").path }

  static func attacks(_ name: String) throws -> [ExpectedAttack] {
    let url = URL(filePath: folder(name)).appending(path: "labels.ndjson")
    return try ExpectedAttack.read(Array(Data(contentsOf: url)))
  }

  /// Replays a folder into a database of its own.
  static func replay(_ folder: String, workers: Int) throws -> Outcome {
    let temporary = try TemporaryFolder()
    var configuration = PipelineConfiguration()
    configuration.year = 2026
    configuration.workerCount = workers
    configuration.sources = [SourceConfiguration(path: folder)]
    let store = try IncidentStore.open(
      temporary["vedette.db"],
      for: .pipeline,
      writtenBy: "tests"
    )
    let now = EventTime(nanosecondsSinceEpoch: Int64(workers) * 1_000_000_000)
    let report = try Replay(configuration: configuration, engine: engine)
      .run(into: store, now: { now })
    var details: [IncidentDetail] = []
    try store.forEachIncident { details.append($0) }
    var export = ""
    try CanonicalExport.write(store) { export += $0 }
    let outcome = Outcome(
      report: report,
      details: details,
      export: export,
      digest: try CanonicalExport.digest(store)
    )
    try store.close()
    return outcome
  }

  /// What a replay gave.
  struct Outcome {
    let report: PipelineReport
    let details: [IncidentDetail]
    let export: String
    let digest: String
  }
}

/// A folder that is gone when the test is over.
final class TemporaryFolder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "vedette-replay-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
      atPath: path,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { path + "/" + name }

  /// Copies the logs of a folder, packed.
  func gzipLogs(of folder: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      guard name != "labels.ndjson", !name.hasSuffix(".md"), !name.hasSuffix(".yml") else {
        continue
      }
      try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: self[name])
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["gzip", "-nf", self[name]]
      try process.run()
      process.waitUntilExit()
    }
  }
}
