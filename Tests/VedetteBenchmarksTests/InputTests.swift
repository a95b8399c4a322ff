import Foundation
import Testing
import VedetteEvent

@testable import VedetteBenchmarks

@Suite("Generated logs")
struct InputTests {
  private func text(_ kind: InputKind, byteCount: Int) -> [UInt8] {
    var source = kind.makeSource()
    var writer = LineWriter()
    while writer.bytes.count < byteCount { source.write(to: &writer) }
    return writer.bytes
  }

  @Test("the lines are the same in every process", arguments: InputKind.allCases)
  func isDeterministic(_ kind: InputKind) {
    let bytes = text(kind, byteCount: 20_000)
    let known: [InputKind: UInt64] = [
      .sshd: 7_503_374_221_523_601_477,
      .cloudtrail: 3_783_135_306_770_928_526,
      .nginx: 18_424_510_352_913_529_478,
    ]
    #expect(StableHash.of(bytes: bytes) == known[kind])
    #expect(bytes == text(kind, byteCount: 20_000))
  }

  @Test("a longer log begins with a shorter one", arguments: InputKind.allCases)
  func hasPrefix(_ kind: InputKind) {
    #expect(text(kind, byteCount: 20_000).starts(with: text(kind, byteCount: 5_000)))
  }

  @Test("times never go back", arguments: InputKind.allCases)
  func isOrdered(_ kind: InputKind) throws {
    let lines = String(decoding: text(kind, byteCount: 40_000), as: UTF8.self).split(
      separator: "\n"
    )
    let clock = #/(?:"eventTime":"\S{10}T|^[^\{]*?)(\d\d:\d\d:\d\d)[Z ]/#
    let clocks = try lines.map { try #require($0.firstMatch(of: clock)).output.1 }
    #expect(Set(clocks).count > 1)
    #expect(zip(clocks, clocks.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test("each CloudTrail line is one JSON object")
  func isJSON() throws {
    let lines = text(.cloudtrail, byteCount: 20_000).split(separator: 0x0a)
    #expect(lines.count > 10)
    for line in lines {
      let value = try JSONSerialization.jsonObject(with: Data(line))
      #expect((value as? [String: Any])?["eventID"] is String)
    }
  }

  @Test("the parts of the pipeline take every line", arguments: InputKind.allCases)
  func isRead(_ kind: InputKind) throws {
    let folder = try TemporaryFolder()
    let file = try InputFile.generate(kind, in: folder.path, byteCountMin: 100_000)
    let stages: [any Stage] = [SplitStage(), NormalizeStage()]
    for stage in stages {
      let work = try stage.run(file).work
      #expect(work == Work(bytes: file.byteCount, events: file.lineCount))
    }
  }

  @Test("the folder of generated logs goes with its value")
  func removesFolder() throws {
    var path = ""
    do {
      let folder = try TemporaryFolder()
      path = folder.path
      _ = try InputFile.generate(.nginx, in: path, byteCountMin: 1_000)
      #expect(FileManager.default.fileExists(atPath: path + "/access.log"))
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
