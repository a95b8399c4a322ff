import Testing

@testable import VedetteRules

/// A check with a rule that trips it and a near miss that does not.
struct LintCase: Sendable, CustomTestStringConvertible {
  /// What the rule is made from.
  enum Base: Sendable {
    case rule, windows, correlation, filter, none

    var text: String {
      switch self {
      case .rule: LintCase.rule
      case .windows: LintCase.windows
      case .correlation: LintCase.correlation
      case .filter: LintCase.filter
      case .none: ""
      }
    }
  }

  let check: String
  let base: Base
  /// Lines that take the place of those with the same key, or are added.
  let trips: String
  let passes: String
  /// Other checks that have something to say about it too.
  let also: Set<String>

  var testDescription: String { "\(check): \(trips)" }

  init(
    _ check: String,
    _ base: Base,
    _ trips: String,
    not passes: String,
    also: Set<String> = []
  ) {
    self.check = check
    self.base = base
    self.trips = trips
    self.passes = passes
    self.also = also
  }

  init(_ check: String, _ trips: String, not passes: String, also: Set<String> = []) {
    self.init(check, .rule, trips, not: passes, also: also)
  }

  static let rule = """
    title: Shell started by a web server
    id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c11
    status: test
    level: high
    description: What it catches, and what it misses.
    author: A. Writer
    date: 2026-03-02
    modified: 2026-03-03
    tags: [attack.execution, attack.t1059.004, atlas.aml.t0012]
    references: [https://example.com/a]
    logsource: {product: linux, category: process_creation}
    detection:
      parent: {ParentImage|endswith: [/nginx, /apache2]}
      filter_main: {Image: /usr/bin/php}
      condition: parent and not 1 of filter_*
    falsepositives: [Maintenance.]

    """

  static let windows =
    rule.replacing("product: linux", with: "product: windows")
    .replacing("[/nginx, /apache2]", with: "['\\w3wp.exe']")
    .replacing("/usr/bin/php", with: "'C:\\php.exe'")

  static let correlation = """
    title: Failures of a login
    id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c12
    name: failures
    status: test
    level: low
    description: What it catches, and what it misses.
    author: A. Writer
    date: 2026-03-02
    tags: [attack.execution, attack.t1059.004]
    logsource: {product: linux, service: sshd}
    detection:
      refused: {event.action: refused}
      condition: refused
    falsepositives: [Maintenance.]
    ---
    title: Many failures
    id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c13
    level: high
    description: What it catches, and what it misses.
    author: A. Writer
    correlation:
      type: event_count
      rules: [failures]
      group-by: [source.ip]
      timespan: 10m
      condition: {gte: 5}

    """

  /// The second document of ``correlation`` with another id, title and input.
  static func another(_ digit: Int, _ title: String, of rule: String) -> String {
    let document = String(correlation.split(separator: "---\n")[1])
    return document.replacing("7c13", with: "7c1\(digit)").replacing("Many", with: title)
      .replacing("[failures]", with: "[\(rule)]")
  }

  static let filter = """
    title: Known scanners
    id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c14
    description: What it leaves out, and why.
    author: A. Writer
    logsource: {product: linux, service: sshd}
    filter:
      rules: any
      selection: {source.ip: 192.0.2.1}
      condition: not selection

    """

  /// The base with some of its lines replaced.
  func yaml(_ lines: String) -> String {
    guard base != .none else { return lines }
    var kept = base.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var added: [String] = []
    var position: Int?
    for line in lines.split(separator: "\n").map(String.init) {
      let key = line.prefix { $0 != ":" && $0 != "|" && $0 != "{" }
      let isKey = !line.hasPrefix("   ") && !line.hasPrefix("  -") && !line.hasPrefix("-")
      // The last such line: of a file of two documents the second is meant.
      if isKey, let found = kept.lastIndex(where: { $0.hasPrefix(key + ":") }) {
        kept[found] = line
        position = found
      } else if let last = position {
        kept.insert(line, at: last + 1)
        position = last + 1
      } else {
        added.append(line)
      }
    }
    return kept.filter { !$0.hasSuffix(": DELETE") }.joined(separator: "\n")
      + added.map { $0 + "\n" }.joined()
  }

  static func findings(_ yaml: String) -> [LintFinding] {
    RuleLinter().lint([RuleFile(path: "x.yml", relativePath: "x.yml", bytes: Array(yaml.utf8))])
  }
}
