import Foundation
import Testing
import Vedette
import VedetteEvent
import VedetteFindings

/// Holds what is found in the sample logs to their labels, and to the same bytes each time.
@Suite("Replay of the sample logs")
struct ReplayTests {
  @Test("there are attacks and a benign twin for each")
  func scenariosComeInPairs() throws {
    let names = try SampleLogs.names
    let attacks = names.filter { !$0.hasSuffix("-benign") }
    #expect(attacks.count >= 6)
    #expect(names == (attacks + attacks.map { $0 + "-benign" }).sorted())
  }

  @Test("every attack is found and nothing else is", arguments: try SampleLogs.names)
  func findsWhatIsThere(name: String) throws {
    let outcome = try SampleLogs.replay(SampleLogs.folder(name), workers: 2)
    let attacks = try SampleLogs.attacks(name)
    #expect(attacks.isEmpty == name.hasSuffix("-benign"))
    #expect(outcome.report.deadLetterCount == 0)
    #expect(outcome.report.problems.isEmpty)
    #expect(outcome.report.eventCount > 100)
    let result = ExpectationResult(attacks: attacks, incidents: outcome.details)
    #expect(result.recall == 1)
    #expect(result.precision == 1)
    if attacks.isEmpty {
      let loud = outcome.details.filter { $0.incident.severity >= .medium }
      #expect(loud.map(\.incident.title) == [])
    }
    for detail in outcome.details {
      let sum = detail.incident.riskTerms.reduce(0) { $0 + $1.points }
      #expect(sum == detail.incident.risk, "\(detail.incident.title)")
      #expect(Set(detail.incident.findings) == Set(detail.findings.map(\.id)))
    }
    try Golden.check(outcome.export, name: name)
  }

  @Test(
    "threads, repetition and compression do not change a byte",
    arguments: try SampleLogs.names
  )
  func isTheSameEachTime(name: String) throws {
    let folder = SampleLogs.folder(name)
    let first = try SampleLogs.replay(folder, workers: 1)
    for workers in [1, 2, 8] {
      let again = try SampleLogs.replay(folder, workers: workers)
      #expect(again.digest == first.digest, "\(workers) workers")
    }
    let packed = try TemporaryFolder()
    try packed.gzipLogs(of: folder)
    let unpacked = try SampleLogs.replay(packed.path, workers: 2)
    #expect(unpacked.report.eventCount == first.report.eventCount)
    #expect(unpacked.digest == first.digest, "packed")
  }

  @Test("a record with a stamp of 2099 makes nothing late and hides nothing")
  func farAhead() throws {
    let name = "llmjacking"
    let plain = try SampleLogs.replay(SampleLogs.folder(name), workers: 2)
    let changed = try TemporaryFolder()
    for file in try FileManager.default.contentsOfDirectory(atPath: SampleLogs.folder(name)) {
      var text = try String(contentsOfFile: SampleLogs.folder(name) + "/" + file, encoding: .utf8)
      if file == "cloudtrail.ndjson" {
        var lines = text.split(separator: "\n").map(String.init)
        let stray = lines[0].replacing(
          /"eventTime":"[^"]*"/,
          with: #""eventTime":"2099-01-01T00:00:00Z""#
        )
        #expect(stray != lines[0])
        lines.insert(stray, at: 20)
        text = lines.joined(separator: "\n") + "\n"
      }
      try text.write(toFile: changed[file], atomically: false, encoding: .utf8)
    }
    let outcome = try SampleLogs.replay(changed.path, workers: 2)
    #expect(outcome.report.eventCount == plain.report.eventCount + 1)
    let source = try #require(
      outcome.report.sources.first { $0.source.name.hasSuffix("trail.ndjson") }
    )
    #expect(source.lateCount == 0)
    #expect(source.timelessCount == 1)
    #expect(outcome.details.map(\.incident.title) == plain.details.map(\.incident.title))
    #expect(outcome.details.map(\.incident.risk) == plain.details.map(\.incident.risk))
  }
}

/// Files that hold what a replay is to give.
///
/// With `VEDETTE_UPDATE_GOLDENS=1` they are rewritten instead; the reviewer reads the difference.
enum Golden {
  static func check(_ export: String, name: String) throws {
    let url = URL(filePath: #filePath).appending(path: "../Expected/\(name).ndjson")
      .standardizedFileURL
    if ProcessInfo.processInfo.environment["VEDETTE_UPDATE_GOLDENS"] == "1" {
      try Data(export.utf8).write(to: url)
    }
    let expected = try #require(
      try? String(contentsOf: url, encoding: .utf8),
      "\(name) has no expected export: run with VEDETTE_UPDATE_GOLDENS=1"
    )
    if let difference = difference(expected, export) {
      Issue.record("\(name): \(difference); VEDETTE_UPDATE_GOLDENS=1 rewrites what is expected")
    }
  }

  /// The first place in which two texts differ, with what surrounds it.
  static func difference(_ expected: String, _ found: String) -> String? {
    guard expected != found else { return nil }
    let left = Array(expected.utf8)
    let right = Array(found.utf8)
    let place = zip(left, right).prefix { $0 == $1 }.count
    let line = left[..<place].count { $0 == UInt8(ascii: "\n") } + 1
    let start = max(0, place - 60)
    func excerpt(_ bytes: [UInt8]) -> String {
      String(decoding: bytes[min(start, bytes.count)..<min(place + 60, bytes.count)], as: UTF8.self)
    }
    return
      "line \(line), byte \(place)\n  expected ..\(excerpt(left))..\n  found    ..\(excerpt(right)).."
  }

  @Suite("Difference of exports")
  struct DifferenceTests {
    @Test("the first difference is named by its line")
    func namesTheLine() throws {
      #expect(Golden.difference("a\nb\n", "a\nb\n") == nil)
      let text = try #require(Golden.difference("a\nbc\n", "a\nbd\n"))
      #expect(text.hasPrefix("line 2, byte 3\n"))
      #expect(Golden.difference("a\n", "a\nb\n") != nil)
    }
  }
}
