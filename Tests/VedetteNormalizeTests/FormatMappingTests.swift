import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

@Suite("Tables of names")
struct FormatMappingTests {
  static let tables = FormatMappings.all

  @Test("every format has a table with a title", arguments: LogFormat.allCases)
  func tables(_ format: LogFormat) {
    #expect(!FormatMappings.of(format).title.isEmpty)
  }

  @Test("no file names a format twice or in the wrong place")
  func files() throws {
    var seen: [LogFormat] = []
    for (name, bytes) in FormatMappings.sources {
      let tables = try FormatMappingReader(file: name).read(bytes)
      for table in tables { #expect("\(table.format.family).yml" == name) }
      seen += tables.map(\.format)
    }
    #expect(seen.count == Set(seen).count)
    #expect(Set(seen) == Set(LogFormat.allCases))
  }

  @Test("no table says one thing twice", arguments: LogFormat.allCases)
  func lint(_ format: LogFormat) {
    let table = FormatMappings.of(format)
    let raw = table.fields.map(\.raw)
    #expect(raw.count == Set(raw).count, "a name twice")
    let copied = table.copies.map(\.field)
    #expect(copied.count == Set(copied).count, "a copy twice")
    #expect(table.derived.count == Set(table.derived).count, "a derived field twice")
    for (index, region) in table.regions.enumerated() {
      #expect(!table.regions[..<index].contains { $0.place == region.place })
    }
    for place in table.kept {
      let isInside = table.regions.contains { place.hasPrefix($0.place + "/") }
      #expect(isInside, "'\(place)' is not inside of content")
    }
    for rule in table.copies {
      #expect(rule.names.count == Set(rule.names).count, "\(rule.field)")
    }
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    let text: String
    let problem: String
    var testDescription: String { problem }
  }

  static let wrong: [Wrong] = [
    Wrong(
      text: "azur: {title: x}",
      problem: "t.yml:1:1: unknown format 'azur'; did you mean 'azure'?"
    ),
    Wrong(
      text: "azure:\n  title: x\n  feilds: {a: message}",
      problem: "t.yml:3:3: unknown key 'feilds'; did you mean 'fields'?"
    ),
    Wrong(
      text: "azure:\n  title: x\n  fields: {a: event.acton}",
      problem:
        "t.yml:3:15: 'event.acton' is no field of the catalog; did you mean 'event.action'?"
    ),
    Wrong(
      text: "azure:\n  title: x\n  copies: {event.acton: [a]}",
      problem:
        "t.yml:3:12: 'event.acton' is no field of the catalog; did you mean 'event.action'?"
    ),
    Wrong(
      text: "azure:\n  title: x\n  copies: {event.action: {via: words}}",
      problem: "t.yml:3:12: 'from' is missing"
    ),
    Wrong(
      text: "azure:\n  title: x\n  copies: {event.action: {from: a, via: magic}}",
      problem: "t.yml:3:41: unknown way 'magic' to change a value"
    ),
    Wrong(
      text: "azure:\n  title: x\n  content: {prompts: [a]}",
      problem: "t.yml:3:13: unknown key 'prompts'; did you mean 'prompt'?"
    ),
    Wrong(text: "[]", problem: "t.yml:1:1: a table is one mapping"),
  ]

  @Test("what is wrong with a table is named with its place", arguments: wrong)
  func errors(_ example: Wrong) {
    #expect {
      try FormatMappingReader(file: "t.yml").read(Array(example.text.utf8))
    } throws: { error in
      "\(error)" == example.problem
    }
  }

  static let patterns: [(pattern: String, yes: [String], no: [String])] = [
    ("*", ["", "a"], []), ("abc", ["abc", "ABC"], ["abcd", "ab"]),
    ("abc*", ["abc", "Abcd"], ["xabc"]), ("*abc", ["xABC", "abc"], ["abcx"]),
    ("*abc*", ["xabcx", "abc"], ["ab", ""]),
    ("400..499", ["400", "429", "499"], ["399", "x", ""]),
  ]

  @Test("patterns", arguments: patterns)
  func pattern(_ example: (pattern: String, yes: [String], no: [String])) {
    let pattern = TextPattern(example.pattern)
    for text in example.yes + example.no {
      let matches = pattern.matches(Array(text.utf8).span)
      #expect(matches == example.yes.contains(text), "\(text)")
    }
  }

  @Test("every sign of a product is of one of its records or else is known to be rare")
  func signs() {
    let signs = KeySigns.builtIn
    #expect(signs.signs.count <= 128)
    let formats = Set(signs.combinations.map(\.format))
    let objects = FormatSample.all.filter { $0.isDetected && $0.lines[0].hasPrefix("{") }
    #expect(Set(objects.map(\.format)).isSubset(of: formats))
  }
}

@Suite("Schema")
struct SchemaTests {
  /// Fields that no format's records hold: enrichment and detectors fill them.
  static let filledElsewhere: Set = [
    "ai.model.family", "ai.cost.source", "ai.api_key.principal", "ai.api_key.host",
  ]

  @Test("every field says which formats fill it")
  func complete() {
    let entries = SchemaEntry.all
    #expect(entries.map(\.field.name) == FieldCatalog.fields.map(\.name))
    let empty = entries.filter(\.formats.isEmpty).map(\.field.name)
    #expect(Set(empty) == Self.filledElsewhere)
    for entry in entries {
      #expect(Set(entry.names.map(\.format)).isSubset(of: Set(entry.formats)))
    }
  }

  @Test("no format fills a field that its table does not name", arguments: FormatSample.all)
  func named(_ sample: FormatSample) {
    // What is carried is of another format, which has a table of its own.
    guard sample.format != .docker, sample.format != .journald else { return }
    for keepsContent in [false, true] {
      let batch = normalize(sample.lines, as: sample.format, keepsContent: keepsContent).batch
      let named = Set(FormatMappings.of(sample.format).filledFields)
      for row in 0..<batch.rowCount {
        for name in batch.fields(row).keys where FieldCatalog.contains(name) {
          #expect(named.contains(name), "\(name)")
        }
      }
    }
  }
}
