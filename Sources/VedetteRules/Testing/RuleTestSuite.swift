import VedetteDocuments
public import VedetteEvent

/// Samples of one rule: lines on which it must and must not fire.
public struct RuleTestSuite: Sendable, Hashable {
  /// One sample.
  public struct Case: Sendable, Hashable {
    /// What it shows.
    public var name: String
    /// The lines of a log.
    public var lines: [String]
    /// Whether the rule must fire on them, else it must not.
    public var mustFire: Bool
    /// Where it stands.
    public var location: SourceLocation
  }

  /// The rule's id or name.
  public var rule: String
  /// The year of times that lack one.
  public var year: Int?
  /// The format of the lines, by the name that `--format` takes.
  public var format: String
  /// The log source that is asserted for the lines, if any.
  public var logSource: LogSource?
  /// The samples.
  public var cases: [Case]
  /// Where the suite stands.
  public var location: SourceLocation
}

extension RuleTestSuite {
  /// Reads the suites of a test file.
  ///
  /// - Parameter file: A `*.test.yml`.
  /// - Returns: The suites that can be used, and what is wrong with the others.
  public static func read(_ file: RuleFile) -> (suites: [RuleTestSuite], errors: [RuleError]) {
    let reader = RuleTestReader(context: ReadingContext(file, placeholders: [:]))
    return reader.read(file.bytes)
  }
}

/// Reads test files.
private struct RuleTestReader {
  let context: ReadingContext

  func read(_ bytes: [UInt8]) -> (suites: [RuleTestSuite], errors: [RuleError]) {
    let roots: [Node]
    do {
      roots = try DocumentReader().read(bytes)
    } catch {
      return ([], [context.error(.document(error.problem), at: error.position)])
    }
    var suites: [RuleTestSuite] = []
    var errors: [RuleError] = []
    for root in roots where root.scalar == nil {
      for node in root.mapping?["tests"]?.sequence ?? [root] {
        do {
          suites.append(try suite(node))
        } catch {
          errors.append(error)
        }
      }
    }
    return (suites, errors)
  }

  private func suite(_ node: Node) throws(RuleError) -> RuleTestSuite {
    guard let mapping = node.mapping else {
      throw wrong("a suite", "a mapping with 'rule' and samples", node)
    }
    let known = ["rule", "year", "format", "logsource", "must_fire", "must_not_fire"]
    for entry in mapping.entries where !known.contains(entry.key) {
      let hint = NearestName.of(entry.key, in: known).map { "; did you mean '\($0)'?" } ?? ""
      throw context.error(
        .testFile(detail: "unknown key '\(entry.key)'\(hint)"),
        at: entry.keyPosition
      )
    }
    guard let rule = mapping["rule"]?.scalar?.text, !rule.isEmpty else {
      throw context.error(.missingKey("rule"), at: node.position)
    }
    let location = SourceLocation(path: context.path, position: node.position)
    let suite = RuleTestSuite(
      rule: rule,
      year: try year(mapping),
      format: mapping["format"]?.scalar?.text ?? "auto",
      logSource: try logSource(mapping),
      cases: try cases(mapping, "must_fire", true) + cases(mapping, "must_not_fire", false),
      location: location
    )
    guard !suite.cases.isEmpty else {
      throw context.error(.testFile(detail: "no samples for '\(rule)'"), at: node.position)
    }
    return suite
  }

  private func wrong(_ key: String, _ expected: String, _ node: Node) -> RuleError {
    context.error(.wrongKind(key: key, expected: expected, found: node.kind), at: node.position)
  }

  private func year(_ mapping: Mapping) throws(RuleError) -> Int? {
    guard let node = mapping["year"] else { return nil }
    guard case .integer(let year) = node.scalar?.value, (1970...2262).contains(year) else {
      throw wrong("year", "a year", node)
    }
    return Int(year)
  }

  private func logSource(_ mapping: Mapping) throws(RuleError) -> LogSource? {
    guard let node = mapping["logsource"] else { return nil }
    guard let text = node.scalar?.text else { throw wrong("logsource", "a text", node) }
    var source = LogSource()
    for part in text.split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      switch (pair.first, pair.count) {
      case ("product", 2): source.product = pair[1]
      case ("category", 2): source.category = pair[1]
      case ("service", 2): source.service = pair[1]
      default:
        throw context.error(
          .testFile(detail: "logsource '\(text)'; write it as 'product=windows,service=system'"),
          at: node.position
        )
      }
    }
    return source
  }

  private func cases(
    _ mapping: Mapping,
    _ key: String,
    _ mustFire: Bool
  ) throws(RuleError) -> [RuleTestSuite.Case] {
    guard let node = mapping[key] else { return [] }
    guard let nodes = node.sequence else { throw wrong(key, "a list of samples", node) }
    var cases: [RuleTestSuite.Case] = []
    for node in nodes {
      guard let sample = node.mapping, let lines = sample["lines"]?.sequence else {
        throw wrong(key, "samples with 'name' and 'lines'", node)
      }
      var texts: [String] = []
      for line in lines {
        guard let text = line.scalar?.text else { throw wrong("lines", "a list of texts", line) }
        texts.append(text)
      }
      cases.append(
        RuleTestSuite.Case(
          name: sample["name"]?.scalar?.text ?? "\(key) \(cases.count + 1)",
          lines: texts,
          mustFire: mustFire,
          location: SourceLocation(path: context.path, position: node.position)
        )
      )
    }
    return cases
  }
}
