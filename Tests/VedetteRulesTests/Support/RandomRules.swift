import VedetteStatistics

/// Rules and events made of few letters, so that they meet often.
struct RandomRules {
  var random: SplitMix64

  private static let fields = ["f0", "f1", "f2", "f3_n", "@timestamp", "F0"]
  private static let letters = ["a", "b", "B", "c", "/", "-", " -a", "é", "É", "ß", "😀", "1", "2"]

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &random)]
  }

  private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

  mutating func text(_ lengthMax: Int, isPattern: Bool) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...lengthMax, using: &random) {
      text += isPattern && chance(8) ? pick(["*", "?", "\\*", "\\\\"]) : pick(Self.letters)
    }
    return text
  }

  private mutating func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  private mutating func value() -> String {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: "null"
    case 1: "''"
    case 2: String(Int.random(in: -1...3, using: &random))
    case 3: pick(["true", "'*'", "1.5"])
    default: quoted(text(4, isPattern: true))
    }
  }

  /// A line of a search: its key in quotes, since some begin with what YAML keeps for itself.
  private mutating func item() -> String {
    let line = plainItem()
    let key = line.prefix { $0 != ":" }
    return "'\(key)'\(line.dropFirst(key.count))"
  }

  private mutating func plainItem() -> String {
    let field = pick(Self.fields)
    let count = Int.random(in: 1...4, using: &random)
    func list(_ values: [String]) -> String { "[\(values.joined(separator: ", "))]" }
    switch Int.random(in: 0..<16, using: &random) {
    case 0: return "\(field)|exists: \(pick(["true", "false"]))"
    case 1:
      return
        "\(field)|\(pick(["gt", "gte", "lt", "lte"])): \(Int.random(in: -1...2, using: &random))"
    case 2:
      let pattern = pick(["a+b", "[ab]{2}", "^a|b$", "é.", "A"])
      return "\(field)|re\(pick(["", "|i"])): '\(pattern)'"
    case 3:
      return "\(field)|fieldref\(pick(["", "|contains", "|endswith"])): '\(pick(Self.fields))'"
    case 4: return "\(field)|\(pick(["hour", "day", "minute"])): \(pick(["1", "2", "10"]))"
    case 5: return "\(field)|cidr: ['10.0.0.0/8', '1.2.3.0/24']"
    case 6: return "\(field)|neq: \(list((0..<count).map { _ in value() }))"
    case 7: return "\(field): \(list((0..<count).map { _ in value() }))"
    default:
      let modifiers = pick([
        "", "|contains", "|contains", "|contains|all", "|startswith", "|endswith", "|endswith|all",
        "|windash|contains", "|contains|windash|all", "|cased", "|contains|cased", "|base64",
        "|base64offset|contains", "|wide|base64", "|contains|neq",
      ])
      let isPattern = !modifiers.contains("base64")
      let values = (0..<count).map { _ in quoted(text(4, isPattern: isPattern)) }
      return "\(field)\(modifiers): \(list(values))"
    }
  }

  private mutating func search(_ name: String) -> String {
    func map(_ items: [String], _ indent: String) -> String {
      var seen: Set<String> = []
      let unique = items.filter { seen.insert(String($0.prefix { $0 != ":" })).inserted }
      return unique.map { indent + $0 }.joined(separator: "\n")
    }
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      let keywords = (0..<2).map { _ in quoted(pick(["a", "b"]) + text(2, isPattern: true)) }
      return chance(2)
        ? "  \(name): [\(keywords.joined(separator: ", "))]"
        : "  \(name):\n    '|all': [\(keywords.joined(separator: ", "))]"
    case 1:
      let first = map([item(), item()], "      ").dropFirst(6)
      return "  \(name):\n    - \(first)\n    - \(item())"
    default:
      let items = (0..<Int.random(in: 1...3, using: &random)).map { _ in item() }
      return "  \(name):\n\(map(items, "    "))"
    }
  }

  private mutating func condition(_ depth: Int) -> String {
    switch Int.random(in: 0..<(depth > 2 ? 3 : 7), using: &random) {
    case 0: return "s0"
    case 1: return "s1"
    case 2: return "t0"
    case 3: return "\(pick(["1", "all", "any"])) of \(pick(["s*", "them", "*0"]))"
    case 4: return "not (\(condition(depth + 1)))"
    case 5: return "(\(condition(depth + 1))) and (\(condition(depth + 1)))"
    default: return "\(condition(depth + 1)) or not \(condition(depth + 1))"
    }
  }

  mutating func rule(_ number: Int) -> String {
    let source = pick([
      "product: test", "category: c", "product: test, service: s",
      "product: windows, category: process_creation", "category: antivirus",
    ])
    return """
      title: t
      id: r\(100 + number)
      logsource: {\(source)}
      detection:
      \(search("s0"))
      \(search("s1"))
      \(search("t0"))
        condition: \(condition(0))
      """
  }

  private mutating func json(_ field: String) -> String? {
    func text(_ value: String) -> String {
      "\"" + value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }
    if field == "@timestamp" {
      return chance(3)
        ? "\"@timestamp\":\"2026-03-0\(pick(["1", "2"]))T0\(pick(["1", "2"])):10:00Z\"" : nil
    }
    let value: String
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return nil
    case 1: value = "null"
    case 2: value = String(Int.random(in: -1...3, using: &random))
    case 3: value = pick(["true", "1.5", "\"10.1.2.3\"", "\"2026-03-02 10:02:00\"", "\"\""])
    case 4:
      value = "[\(text(self.text(3, isPattern: false))), \(text(self.text(5, isPattern: false)))]"
    case 5:
      // What the encodings would have made of short texts.
      value = pick(["\"YQ==\"", "\"YWI=\"", "\"xYWJjx\"", "\"YgBhAA==\""])
    default: value = text(self.text(7, isPattern: false))
    }
    return "\"\(field)\":\(value)"
  }

  mutating func event() -> String {
    var members = ["f0", "f1", "f2", "f3_n", "@timestamp", "_meta"].compactMap { json($0) }
    members.append(
      pick([
        "\"_product\":\"test\"", "\"_product\":\"test\",\"_service\":\"s\"",
        "\"_category\":\"c\",\"_product\":\"Test\"", "\"_product\":\"other\"",
        "\"Channel\":\"Security\",\"EventID\":4688",
        "\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"EventID\":1",
        "\"Channel\":\"Microsoft-Windows-Windows Defender/Operational\",\"EventID\":\"1116\"",
      ])
    )
    return "{\(members.joined(separator: ","))}"
  }
}
