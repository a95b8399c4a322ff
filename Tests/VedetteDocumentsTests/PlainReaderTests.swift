import Foundation
import Testing
import VedetteStatistics

@testable import VedetteDocuments

/// Holds the reader of plain YAML to the general one: whatever it accepts, both read alike.
@Suite("Plain reader")
struct PlainReaderTests {
  /// Returns whether the text is plain, after comparing what both readers make of it.
  @discardableResult
  private func compare(_ text: String, _ name: String = "") -> Bool {
    guard let plain = PlainReader.read(Array(text.utf8), nodesMax: 100_000) else { return false }
    let general = Result { try DocumentReader().readAny(text) }
    switch general {
    case .success(let roots):
      #expect(plain == roots, "\(name.isEmpty ? text.debugDescription : name)")
    case .failure(let error as DocumentError):
      // The search for aliases in keys sees them in quotes too, where there are none.
      #expect(error.problem == .keyNotText, "\(name) \(text.debugDescription): \(error)")
    case .failure(let error): Issue.record(error)
    }
    return true
  }

  static let plain = [
    "a: 1\n", "a: 1", "a:\n", "a:\nb:\n", "a: b c # remark\n", "a: b#c\n", "# x\n\na: 1\n# y\n",
    "- a\n- b\n", "a:\n- b\n- c: d\n  e: f\ng: h\n", "a:\n  - - b\n    - c\n  -\n    d: e\n",
    "a: b\n  c\n\n  d\ne: f\n", "a:\n  b c\n  d\n", "a: b\n  - c\n", "- a\n b\n",
    "'a b': 'c''d'\n\"e\": \"f\\\\g\\n\"\n", "a: 'b\n  c\n\n  d '\n", "a: \" b  \n\n\n  c\"\n",
    "a: |\n  b\n   c\n\n  d\n\ne: f\n", "a: |-\n  b\n", "a: |+\n  b\n\n\nc: d\n", "a: |\n\n  b",
    "a: >\n  b\n  c\n\n  d\n   e\n  f\n", "- >-\n b\n c\n", "a: | # remark\n  b\n",
    "a: [b, 'c', \"d\" ,5 ]\n", "a: []\n", "---\na: 1\n---\nb: 2\n", "a: 1\n--- # two\n- b\n",
    "é: ü # ö\nß: [é, 'ö', a]\n".replacing("[é, 'ö', a]", with: "['é', a]"), "a:b: c:d\n",
    "a: -1\nb: -c\nd: --- e\n", "a: null\nb: ~\nc: ''\n", "- a: b\n-   c: d\n    e: f\n",
    "detection:\n    sel:\n        - A|contains|all:\n            - ' x '\n          B: y\n",
  ]

  @Test("reads what rules are made of, as the general reader does", arguments: plain)
  func accepted(_ text: String) {
    #expect(compare(text), "not plain: \(text.debugDescription)")
  }

  static let left = [
    "", "# a\n", "a", "a: &b c\n", "a: *b\n", "a: !!str b\n", "<<: b\n", "a: 1\na: 2\n",
    "a:\tb\n", "a: b\r\n", "\u{feff}a: b\n", "a: {b: c}\n", "a: [b, [c]]\n", "a: [b,\n c]\n",
    "? a\n: b\n", "a: |2\n  b\n", "%YAML 1.2\n---\na: 1\n", "...\n", "a: 1\n...\n", "--- a\n",
    "---\n---\na: 1\n", "a: 1\n---\n", "a: b: c\n", "a: 'b' c\n", "a: 'b\n", "a: \"\\x41\"\n",
    "a: b\n c: d\n", "a:\n  - b\n - c\n", "- a\nb: c\n", "a: @b\n", "a: `b`\n", "a: 'b'#c\n",
    "a: b\u{85}c\n", "a: b\u{2028}c\n", " a: b\n", "a: \u{7f}\n", "a: |\n   \n  b\n", "a: %b\n",
  ]

  @Test("leaves to the general reader what it is not sure of", arguments: left)
  func refused(_ text: String) {
    #expect(PlainReader.read(Array(text.utf8), nodesMax: 100_000) == nil)
  }

  @Test("has the general reader's limits")
  func limits() {
    #expect(PlainReader.read(Array("- a\n- b\n".utf8), nodesMax: 2) == nil)
    #expect(PlainReader.read(Array("- a\n- b\n".utf8), nodesMax: 3) != nil)
    let deep = String(repeating: "- ", count: 70) + "a\n"
    #expect(throws: DocumentError.self) { try DocumentReader().read(deep) }
    #expect(compare(String(repeating: "- ", count: 60) + "a\n"))
    #expect(PlainReader.read([0x61, 0x3a, 0x20, 0xff], nodesMax: 10) == nil)
  }

  @Test("reads long mappings without comparing every two keys")
  func manyKeys() throws {
    let text = (0..<50_000).map { "key\($0): \($0)\n" }.joined()
    let roots = try #require(PlainReader.read(Array(text.utf8), nodesMax: 100_000))
    #expect(roots[0].mapping?.entries.count == 50_000)
    #expect(PlainReader.read(Array((text + "key7: 1\n").utf8), nodesMax: 100_000) == nil)
  }

  @Test("counts the columns of a long line once")
  func longLine() throws {
    let count = 200_000
    let text = "é: [" + String(repeating: "'ü', ", count: count) + "a]\n"
    let roots = try #require(PlainReader.read(Array(text.utf8), nodesMax: count + 10))
    let last = try #require(roots[0].mapping?["é"]?.sequence?.last)
    #expect(last.position == Position(line: 1, column: 5 + 5 * count))
  }

  private static let pieces = [
    "a", "b: ", "c:", "- ", "-", "\n", "\n", "\n  ", "\n    ", "\n- ", "\n  - ", " ", "  ", "'",
    "''", "\"", "\\", "\\n", "|", ">", "|-", ">+", "|\n", ">-\n  ", "#", " # x", "[", "]", ", ",
    "{", "}", "---", "\n---\n", "...", "é", "&x ", "*x", "!t ", "?", "? ", ":", ": ", "\nd: ",
    "\ne:\n  ", "\nf: |\n  ", "\ng: >\n  ", "x y", "%", ".", "~", "1", "<<: ",
  ]

  @Test("reads texts made of pieces as the general reader does", arguments: [1, 2, 3] as [UInt64])
  func generated(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var plainCount = 0
    for _ in 0..<4_000 {
      let starts = ["", "k:\n", "a: ", "- "]
      var text = starts[random.nextBelow(starts.count)]
      for _ in 0...random.nextBelow(14) { text += Self.pieces[random.nextBelow(Self.pieces.count)] }
      if compare(text) { plainCount += 1 }
    }
    #expect(plainCount > 300, "seed \(seed)")
  }

  @Test("reads our own rules, whole and damaged, as the general reader does")
  func ownRules() throws {
    let package = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL
    let texts = try Self.texts(below: package.appending(path: "rules"))
    #expect(texts.count > 100)
    var random = SplitMix64(seed: 5)
    for (name, text) in texts {
      #expect(compare(text, name), "not plain: \(name)")
      for _ in 0..<5 {
        var bytes = Array(text.utf8)
        let place = random.nextBelow(bytes.count)
        let piece = Self.pieces[random.nextBelow(Self.pieces.count)].utf8
        bytes.replaceSubrange(place..<min(bytes.count, place + random.nextBelow(3)), with: piece)
        compare(String(decoding: bytes, as: UTF8.self))
      }
    }
  }

  @Test("reads the published rules as the general reader does")
  func publishedRules() throws {
    let package = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL
    let archive = package.appending(path: "../shared/data/sigma/sigmahq-rules.tar.xz")
      .standardizedFileURL
    guard FileManager.default.fileExists(atPath: archive.path) else {
      print("left out: \(archive.lastPathComponent)")
      return
    }
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "vedette-plain-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.arguments = ["tar", "-xJf", archive.path, "-C", folder.path]
    try tar.run()
    tar.waitUntilExit()
    let texts = try Self.texts(below: folder)
    let plainCount = texts.count { compare($0.text, $0.name) }
    #expect(texts.count >= 3_780 && plainCount * 100 >= texts.count * 99)
  }

  private static func texts(below folder: URL) throws -> [(name: String, text: String)] {
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var texts: [(String, String)] = []
    while let url = files?.nextObject() as? URL {
      guard url.pathExtension == "yml" else { continue }
      texts.append((url.lastPathComponent, try String(contentsOf: url, encoding: .utf8)))
    }
    return texts.sorted { $0 < $1 }
  }
}
