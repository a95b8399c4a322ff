import Foundation
import VedetteRules

/// Real rules and events beside the package, where they are.
enum SharedData {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../../shared/data/sigma").standardizedFileURL

  static var isThere: Bool {
    let isThere = FileManager.default.fileExists(atPath: folder.path)
    if !isThere { print("left out: the rules and events of \(folder.lastPathComponent)") }
    return isThere
  }

  /// The rules, unpacked and loaded once.
  static let rules: Result<RuleSet, any Error> = Result {
    let target = FileManager.default.temporaryDirectory
      .appending(path: "vedette-rules-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: target) }
    let archive = folder.appending(path: "sigmahq-rules.tar.xz").path
    _ = try output("tar", ["-xJf", archive, "-C", target.path])
    return RuleLoader().load([target.path])
  }

  static func events() throws -> [String] {
    let path = folder.appending(path: "dev-events.ndjson.gz").path
    let text = String(decoding: try output("gzip", ["-dc", path]), as: UTF8.self)
    return text.split(separator: "\n").map(String.init)
  }

  /// The expected matches as `line id`, lines from zero.
  static func expectedMatches() throws -> Set<String> {
    let url = folder.appending(path: "dev-expected.tsv")
    let text = try String(contentsOf: url, encoding: .utf8)
    return Set(
      text.split(separator: "\n").map { line in
        let parts = line.split(separator: "\t")
        return "\(parts[0]) \(parts[2])"
      }
    )
  }

  private static func output(_ program: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileReadUnknown) }
    return data
  }
}
