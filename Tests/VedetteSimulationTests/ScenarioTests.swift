import Foundation
import Testing
import VedetteSimulation

@Suite("Scenarios")
struct ScenarioTests {
  static let seeds: [UInt64] = [Scenario.defaultSeed, 2, 4_711]

  @Test("the same seed gives the same bytes", arguments: Scenario.all.map(\.name))
  func repeatable(name: String) throws {
    let scenario = try named(name)
    #expect(scenario.files(seed: 9) == scenario.files(seed: 9))
    #expect(logs(of: scenario, seed: 9).map(\.bytes) != logs(of: scenario, seed: 10).map(\.bytes))
  }

  @Test("the logs are neither empty nor heavy", arguments: Scenario.all.map(\.name), seeds)
  func sizes(name: String, seed: UInt64) throws {
    let bytes = logs(of: try named(name), seed: seed).map(\.bytes.count).reduce(0, +)
    #expect((100_000...400_000).contains(bytes), "\(bytes) bytes")
  }

  @Test("each attack has a twin of at least its volume", arguments: seeds)
  func twins(seed: UInt64) throws {
    let attacks = Scenario.all.filter { !$0.isBenign }
    #expect(attacks.count == 6)
    for attack in attacks {
      let twin = try named(attack.name + "-benign")
      #expect(twin.isBenign)
      let attackLogs = logs(of: attack, seed: seed)
      let twinLogs = logs(of: twin, seed: seed)
      #expect(twinLogs.map(\.path) == attackLogs.map(\.path))
      #expect(records(in: twinLogs) >= records(in: attackLogs), "\(twin.name)")
    }
  }

  @Test(
    "every address is one that is kept for documents",
    arguments: Scenario.all.map(\.name),
    seeds
  )
  func addresses(name: String, seed: UInt64) throws {
    let kept = ["192.0.2.", "198.51.100.", "203.0.113."]
    let address = try Regex(#"\b[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\b"#)
    for file in try named(name).files(seed: seed) {
      let text = String(decoding: file.bytes, as: UTF8.self)
      for match in text.matches(of: address) {
        let found = String(text[match.range])
        #expect(kept.contains { found.hasPrefix($0) }, "\(file.path): \(found)")
      }
      for found in text.matches(of: try Regex(#"(AKIA|ASIA)[A-Z0-9]+"#)) {
        let key = String(text[found.range])
        #expect(key.count == 20 && key.dropFirst(4).hasPrefix("EXAMPLE"), "\(file.path): \(key)")
      }
    }
  }

  @Test(
    "labels name what the logs hold, in an attack only",
    arguments: Scenario.all.map(\.name),
    seeds
  )
  func labels(name: String, seed: UInt64) throws {
    let scenario = try named(name)
    let files = scenario.files(seed: seed)
    let text = String(
      decoding: try #require(files.first { $0.path == "labels.ndjson" }).bytes,
      as: UTF8.self
    )
    let lines = text.split(separator: "\n")
    #expect(lines.isEmpty == scenario.isBenign)
    let logs = logs(of: scenario, seed: seed).map { String(decoding: $0.bytes, as: UTF8.self) }
    for line in lines {
      let label = try JSONDecoder().decode(Label.self, from: Data(line.utf8))
      #expect(label.first < label.last)
      #expect(label.first.hasPrefix("2026-03-02T") && label.last.hasPrefix("2026-03-02T"))
      for entity in label.entities {
        #expect(logs.contains { $0.contains(entity.value) }, "\(entity.type) \(entity.value)")
      }
    }
  }

  @Test("lines are in the order of their times", arguments: Scenario.all.map(\.name))
  func order(name: String) throws {
    let stamp = try Regex(
      #"^Mar  2 (..:..:..)|\[02/Mar/2026:(..:..:..)|"(?:eventTime|timestamp)":"2026-03-02T(..:..:..)|"startTime":([0-9.]+)"#
    )
    for log in logs(of: try named(name), seed: Scenario.defaultSeed) {
      let lines = String(decoding: log.bytes, as: UTF8.self).split(separator: "\n")
      let times = try lines.map { line in
        let match = try #require(line.firstMatch(of: stamp), "\(log.path): \(line.prefix(80))")
        return (1...4).compactMap { match.output[$0].substring }.first.map(String.init) ?? ""
      }
      #expect(times == times.sorted(), "\(log.path)")
    }
  }

  @Test("every rule that a scenario expects is in the rules", arguments: Scenario.all.map(\.name))
  func expectations(name: String) throws {
    let scenario = try named(name)
    let files = scenario.files(seed: Scenario.defaultSeed)
    let text = String(
      decoding: try #require(files.first { $0.path == "scenario.yml" }).bytes,
      as: UTF8.self
    )
    let rules = try Self.rules()
    let expected = text.split(separator: "\n").compactMap { line -> [Substring]? in
      guard line.hasPrefix("    - ") else { return nil }
      return line.dropFirst(6).split(separator: "#").map { $0.trimming(" ") }
    }
    #expect(expected.isEmpty == scenario.isBenign)
    for rule in expected {
      #expect(rules.contains("title: \(rule[1])\nid: \(rule[0])\n"), "\(rule)")
    }
  }

  /// The text of every rule file.
  static func rules() throws -> String {
    let folder = URL(filePath: #filePath).appending(path: "../../../rules").standardizedFileURL
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    let files = paths.filter { $0.hasSuffix(".yml") && !$0.hasSuffix(".test.yml") }
    return try files.map {
      try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
    }.joined()
  }

  private func named(_ name: String) throws -> Scenario {
    try #require(Scenario.all.first { $0.name == name })
  }

  private func logs(of scenario: Scenario, seed: UInt64) -> [ScenarioFile] {
    let documents = ["README.md", "labels.ndjson", "scenario.yml"]
    return scenario.files(seed: seed).filter { !documents.contains($0.path) }
  }

  private func records(in logs: [ScenarioFile]) -> Int {
    logs.map { log in log.bytes.count { $0 == UInt8(ascii: "\n") } }.reduce(0, +)
  }

  private struct Label: Decodable {
    var attack: String
    var first: String
    var last: String
    var entities: [Entity]

    struct Entity: Decodable {
      var type: String
      var value: String
    }
  }
}

extension Substring {
  /// The text without a character at its ends.
  fileprivate func trimming(_ character: Character) -> Substring {
    var text = self
    while text.first == character { text.removeFirst() }
    while text.last == character { text.removeLast() }
    return text
  }
}
