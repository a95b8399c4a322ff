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
    switch Int.random(in: 0..<18, using: &random) {
    case 16: return "\(field)\(textChain()): \(list((0..<count).map { _ in encodable() }))"
    case 17:
      let part = pick(["minute", "hour", "day", "week", "month", "year"])
      let comparison = pick(["lt", "lte", "gt", "gte"])
      let chain = chance(2) ? "|\(part)|\(comparison)" : "|\(comparison)|\(part)"
      return "\(field)\(chain)\(flags()): \(pick(["1", "2", "3", "9", "10", "2026"]))"
    case 0: return "\(field)|exists: \(pick(["true", "false"]))"
    case 1:
      return
        "\(field)|\(pick(["gt", "gte", "lt", "lte"])): \(Int.random(in: -1...2, using: &random))"
    case 2:
      let pattern = pick(["a+b", "[ab]{2}", "^a|b$", "é.", "A", "^b", "a.c", "(ab|1)*2?$"])
      let options = pick(["", "|i", "|m", "|s", "|i|m", "|i|s", "|m|s", "|s|i|m", "|contains"])
      return "\(field)|re\(options)\(flags()): '\(pattern)'"
    case 3:
      let mode = pick(["", "|contains", "|endswith", "|startswith", "|cased", "|contains|cased"])
      return "\(field)|fieldref\(mode)\(flags()): '\(pick(Self.fields))'"
    case 4:
      let part = pick(["hour", "day", "minute", "week", "month", "year"])
      return "\(field)|\(part): [\(pick(["1", "2", "10"])), \(pick(["3", "9", "2026"]))]"
    case 5:
      let networks = ["'10.0.0.0/8'", "'1.2.3.0/24'", "'fd00::/8'", "'10.1.2.3'", "'::/0'"]
      return "\(field)|cidr\(flags()): [\(pick(networks)), \(pick(networks))]"
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

  /// Flags that any item may have.
  private mutating func flags() -> String { pick(["", "", "", "|neq", "|all", "|all|neq"]) }

  /// Any chain of modifiers that takes texts and makes texts.
  private mutating func textChain() -> String {
    var chain: [String] = []
    if chance(4) { chain.append("expand") }
    if chance(3) { chain.append("windash") }
    if chance(3) { chain.append(pick(["utf16", "utf16le", "utf16be", "wide"])) }
    if chance(3) { chain.append(pick(["base64", "base64offset"])) }
    chain.append(pick(["contains", "startswith", "endswith", "contains"]))
    if chance(4) { chain.append("cased") }
    return "|" + chain.joined(separator: "|") + flags()
  }

  /// A text that can be encoded: two letters or more, without wildcards.
  private mutating func encodable() -> String {
    quoted(pick(["ab", "a%p%", " -a", "/b1", "aé", "%q%b", "12"]) + text(1, isPattern: false))
  }

  /// What the placeholders of the rules stand for.
  static let placeholders = ["p": ["a", "b"], "q": ["1"]]

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
      "product: windows, category: registry_set", "category: dns", "category: proxy",
      "product: linux, service: auth", "product: zeek, service: http",
      "product: kubernetes, category: application, service: audit",
      "product: windows, category: ps_script, service: powershell", "product: okta, service: okta",
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
    case 3:
      value = pick([
        "true", "1.5", "\"10.1.2.3\"", "\"2026-03-02 10:02:00\"", "\"\"", "\"fd12::1\"",
        "\"1.2.3.255\"", "\"2025-09-03\"", "\"a\\nb1\\nab\"",
      ])
    case 4:
      value = "[\(text(self.text(3, isPattern: false))), \(text(self.text(5, isPattern: false)))]"
    case 5:
      // What the encodings would have made of short texts.
      value = pick([
        "\"YQ==\"", "\"YWI=\"", "\"xYWJjx\"", "\"YgBhAA==\"", "\"xFhYmE\"", "\"YQBiAGEA\"",
        "\"a\\u0000b\\u0000\"", "\"//5hAGIA\"", "\"AGEAYg==\"", "\"x -a1 /b1\"",
      ])
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
        "\"Channel\":\"Security\",\"EventID\":4657,\"OperationType\":\"%%1905\"",
        "\"Channel\":\"ForwardedEvents\",\"Provider_Name\":\"Microsoft-Windows-Sysmon\",\"EventID\":13",
        "\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"EventID\":22,\"QueryName\":\"ab\"",
        "\"Channel\":\"PowerShellCore/Operational\",\"EventID\":4104",
        "\"_path\":\"http\",\"uri\":\"a\"", "\"_path\":\"dns\"", "\"c-uri\":\"b\"",
        "\"_product\":\"linux\",\"_service\":\"su\"",
        "\"apiVersion\":\"audit.k8s.io/v1\",\"verb\":\"a\"",
        "\"eventType\":\"a.b\",\"actor\":{\"alternateId\":\"a\"}",
      ])
    )
    return "{\(members.joined(separator: ","))}"
  }
}
