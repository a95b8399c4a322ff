import VedetteDocuments
import VedetteEvent
import VedetteFindings

extension LintCheck {
  /// What is seen only with all rules at hand.
  static let ruleSetChecks: [LintCheck] = [
    LintCheck(
      "duplicate-title",
      .note,
      """
      Two rules have the same title, and in a list of findings nobody can tell which of them spoke. \
      Say in the title what sets them apart.
      """
    ),
    LintCheck(
      "duplicate-detection",
      .warning,
      """
      Two rules look for the same in the same events: each match is reported twice. Mostly a rule \
      was copied, or a set of rules was loaded in two versions. Remove one.
      """
    ),
  ]

  /// Finds the fields of correlations that events of their rules do not have.
  static func unknownFields(ofCorrelations rules: RuleSet) -> [LintFinding] {
    var findings: [LintFinding] = []
    for plan in rules.plans {
      var hints: [String: String] = [:]
      for (input, index) in plan.inputs.enumerated() {
        guard case .rule(let rule) = rules.entries[index] else { continue }
        let source = LogSource(
          product: rule.logSource.product?.lowercased(),
          category: rule.logSource.category?.lowercased(),
          service: rule.logSource.service?.lowercased()
        )
        let fields = FieldTaxonomy.fields(source)
        for field in plan.groupFields[input] + plan.valueFields {
          let alternatives = field.split(separator: CorrelationPlan.nameSeparator).map(String.init)
          guard let name = alternatives.first, !alternatives.contains(where: fields.contains) else {
            continue
          }
          let nearest = fields.nearest(to: name).map { "did you mean '\($0)'?" }
          hints[name] = nearest ?? "see 'rules check --explain'"
        }
      }
      for (name, hint) in hints.sorted(by: { $0.key < $1.key }) {
        findings.append(
          LintFinding(
            check: "unknown-field",
            severity: .warning,
            message: "the rules of the correlation have no field '\(name)'; \(hint)",
            location: rules.entries[plan.rule].metadata.location
          )
        )
      }
    }
    return findings
  }

  /// What two rules of a set have in common that only one should have.
  static func compare(_ rules: RuleSet) -> [LintFinding] {
    var titles: [String: SourceLocation] = [:]
    var meanings: [RuleMeaning: SourceLocation] = [:]
    var findings: [LintFinding] = []
    let entries = zip(rules.entries, rules.descriptors)
      .sorted { $0.0.metadata.location < $1.0.metadata.location }
    for (entry, descriptor) in entries {
      let location = entry.metadata.location
      func add(_ check: String, _ severity: LintSeverity, _ message: String) {
        findings.append(
          LintFinding(check: check, severity: severity, message: message, location: location)
        )
      }
      let title = folded(entry.metadata.title)
      if let first = titles[title] {
        add("duplicate-title", .note, "title '\(entry.metadata.title)' is that of \(first) too")
      } else {
        titles[title] = location
      }
      // The rules of correlations say nothing by themselves, so that nothing is said twice.
      guard case .rule(let rule) = entry, !descriptor.isSilent else { continue }
      if let first = meanings.updateValue(location, forKey: RuleMeaning(rule)) {
        add("duplicate-detection", .warning, "looks for the same as \(first); remove one")
      }
    }
    return findings
  }
}
