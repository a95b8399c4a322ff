import Testing
import VedetteDocuments
import VedetteEvent

@Suite("Document reader")
struct DocumentReaderTests {
  @Test("tells where each key and value stands")
  func positions() throws {
    let root = try #require(
      try DocumentReader().read("title: a\ndetection:\n  sel:\n    - 'b'\n    - c: 5\n").first
    )
    let detection = try #require(root.mapping?.entry("detection"))
    #expect(detection.keyPosition == Position(line: 2, column: 1))
    let elements = try #require(detection.value.mapping?["sel"]?.sequence)
    #expect(elements[0].position == Position(line: 4, column: 7))
    let entry = try #require(elements[1].mapping?.entries.first)
    #expect(entry.keyPosition == Position(line: 5, column: 7))
    #expect(entry.value.position == Position(line: 5, column: 10))
  }

  struct ScalarCase: Sendable, CustomTestStringConvertible {
    let yaml: String
    let value: Scalar.Value
    var testDescription: String { yaml }
  }

  static let scalars: [ScalarCase] = [
    ScalarCase(yaml: "5", value: .integer(5)),
    ScalarCase(yaml: "'5'", value: .text("5")),
    ScalarCase(yaml: "\"5\"", value: .text("5")),
    ScalarCase(yaml: "-0", value: .integer(0)),
    ScalarCase(yaml: "+7", value: .integer(7)),
    ScalarCase(yaml: "010", value: .integer(10)),
    ScalarCase(yaml: "0o10", value: .integer(8)),
    ScalarCase(yaml: "0x1F", value: .integer(31)),
    ScalarCase(yaml: "0xZZ", value: .text("0xZZ")),
    ScalarCase(yaml: "1.5", value: .number(1.5)),
    ScalarCase(yaml: ".5", value: .number(0.5)),
    ScalarCase(yaml: "1e3", value: .number(1_000)),
    ScalarCase(yaml: "1e", value: .text("1e")),
    ScalarCase(yaml: "-.inf", value: .number(-.infinity)),
    ScalarCase(yaml: "1.2.3", value: .text("1.2.3")),
    ScalarCase(yaml: "99999999999999999999", value: .text("99999999999999999999")),
    ScalarCase(yaml: "2026-03-02", value: .text("2026-03-02")),
    ScalarCase(yaml: "true", value: .boolean(true)),
    ScalarCase(yaml: "FALSE", value: .boolean(false)),
    ScalarCase(yaml: "yes", value: .text("yes")),
    ScalarCase(yaml: "null", value: .null),
    ScalarCase(yaml: "~", value: .null),
    ScalarCase(yaml: "", value: .null),
    ScalarCase(yaml: "''", value: .text("")),
    ScalarCase(yaml: "'null'", value: .text("null")),
    ScalarCase(yaml: "!!str 5", value: .text("5")),
    ScalarCase(yaml: "|-\n  null", value: .text("null")),
    ScalarCase(yaml: "'a''b'", value: .text("a'b")),
    ScalarCase(yaml: "\"a\\tb\\u00e9\"", value: .text("a\tbé")),
  ]

  @Test("a scalar means what the core schema says", arguments: scalars)
  func scalar(_ example: ScalarCase) throws {
    let root = try #require(try DocumentReader().read("key: \(example.yaml)\n").first)
    #expect(root.mapping?["key"]?.scalar?.value == example.value)
  }

  @Test("reads several documents")
  func stream() throws {
    let roots = try DocumentReader().read("a: 1\n---\nb: 2\n---\n")
    #expect(roots.count == 3)
    #expect(roots[1].position == Position(line: 3, column: 1))
    #expect(roots[2].scalar?.value == .null)
    #expect(try DocumentReader().read("").isEmpty)
    #expect(try DocumentReader().read("# only a comment\n").isEmpty)
  }

  @Test("aliases stand for their anchors, merged keys give way to the mapping's own")
  func aliases() throws {
    let text = "base: &base\n  a: 1\n  b: 2\nrule:\n  <<: *base\n  b: 3\nlist: [*base, *base]\n"
    let root = try #require(try DocumentReader().read(text).first?.mapping)
    let rule = try #require(root["rule"]?.mapping)
    #expect(rule["a"]?.scalar?.text == "1" && rule["b"]?.scalar?.text == "3")
    #expect(rule.entries.count == 2)
    #expect(root["list"]?.sequence?.count == 2)
  }

  struct ErrorCase: Sendable, CustomTestStringConvertible {
    let name: String
    let yaml: String
    let problem: DocumentError.Problem
    let position: Position
    var testDescription: String { name }
  }

  static let errors: [ErrorCase] = [
    ErrorCase(
      name: "a key twice",
      yaml: "a: 1\nb: 2\na: 3\n",
      problem: .duplicateKey("a"),
      position: Position(line: 3, column: 1)
    ),
    ErrorCase(
      name: "a key twice in a mapping that is an element, the second time in quotes",
      yaml: "x:\n  - b: 1\n    c:\n      b: 3\n\n# remark\n    'b' : 2\n",
      problem: .duplicateKey("b"),
      position: Position(line: 7, column: 5)
    ),
    ErrorCase(
      name: "a key twice in braces, of which only the start is known",
      yaml: "x: {b: 1, b: 2}\n",
      problem: .duplicateKey("b"),
      position: Position(line: 1, column: 5)
    ),
    ErrorCase(
      name: "a list as a key",
      yaml: "[a, b]: 1\n",
      problem: .keyNotText,
      position: Position(line: 1, column: 1)
    ),
    ErrorCase(
      name: "an alias as a key",
      yaml: "a: &x 1\n*x : 2\n",
      problem: .keyNotText,
      position: Position(line: 2, column: 1)
    ),
    ErrorCase(
      name: "an alias inside a key",
      yaml: "a: &x [1]\n? [*x]\n: 2\n",
      problem: .keyNotText,
      position: Position(line: 2, column: 1)
    ),
    ErrorCase(
      name: "nested beyond the limit",
      yaml: String(repeating: "[", count: 70) + String(repeating: "]", count: 70),
      problem: .tooDeep(depthMax: Limits.documentDepthMax),
      position: Position(line: 1, column: 66)
    ),
  ]

  @Test("a byte order mark is no part of the first key")
  func byteOrderMark() throws {
    let root = try #require(
      try DocumentReader().read([0xef, 0xbb, 0xbf] + Array("a: 1\n".utf8)).first
    )
    #expect(root.mapping?.entries.map(\.key) == ["a"])
  }

  @Test("says what is wrong and where", arguments: errors)
  func faults(_ example: ErrorCase) {
    #expect(throws: DocumentError(example.problem, at: example.position)) {
      try DocumentReader().read(example.yaml)
    }
  }

  @Test("a syntax error has the reader's words and place")
  func syntax() throws {
    let error = #expect(throws: DocumentError.self) {
      try DocumentReader().read("a: 1\nb: [1, 2\nc: 3\n")
    }
    #expect(error?.position.line == 3)
    #expect(error?.description.contains("not YAML") == true)
    #expect(throws: DocumentError.self) { try DocumentReader().read("a: *nowhere\n") }
    #expect(throws: DocumentError(.notUTF8, at: .start)) {
      try DocumentReader().read([0x61, 0xff])
    }
  }

  @Test("aliases that repeat aliases are stopped at the budget")
  func bomb() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<30 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let error = #expect(throws: DocumentError.self) { try DocumentReader().read(text) }
    #expect(error?.problem == .tooManyNodes(nodesMax: Limits.documentNodesMax))
    let keyed = text + "? *a29\n: x\n"
    #expect(throws: DocumentError.self) { try DocumentReader().read(keyed) }
    #expect(throws: DocumentError.self) { try DocumentReader().read(text + "{*a29 : x}\n") }
    #expect(throws: DocumentError.self) { try DocumentReader().read(text + "{[*a29]: x}\n") }
  }

  @Test("depth and size beyond any use are refused, not crashed upon")
  func extremes() {
    for opening in ["[", "{a: ", "- ", "? "] {
      let text = String(repeating: opening, count: 100_000)
      #expect(throws: DocumentError.self) { try DocumentReader().read(text) }
    }
    let long = "a: '" + String(repeating: "x", count: 9 << 20) + "'\n"
    #expect((try? DocumentReader().read(long))?.count == 1)
    let tooLong = [UInt8](repeating: 0x20, count: Limits.ruleBytesMax + 1)
    #expect(throws: DocumentError.self) { try DocumentReader().read(tooLong) }
  }
}
