import VedetteDocuments
import VedetteFindings

extension LintCheck {
  private static let longSpanNanoseconds: Int64 = 31 * 86_400 * 1_000_000_000

  /// What a correlation counts and when that is enough.
  static let correlationChecks: [LintCheck] = [
    correlation(
      "correlation-without-group",
      .note,
      """
      Without group-by the events of all hosts and users are counted together: ten failures of ten \
      people are taken for ten of one. Name the field whose values belong together.
      """
    ) { correlation in
      correlation.groupBy.isEmpty
        ? "no group-by: events of all hosts and users are counted together; name a field" : nil
    },
    correlation(
      "duplicate-group-by",
      .note,
      "A field is listed in group-by twice. It groups no finer; mostly another field was meant."
    ) { correlation in
      var seen: Set<String> = []
      let twice = correlation.groupBy.first { !seen.insert($0).inserted }
      return twice.map { "'\($0)' is in group-by twice; name the other field that is meant" }
    },
    correlation(
      "unused-alias",
      .warning,
      """
      The alias is not named in group-by, so that it has no effect: events are grouped as if it \
      were not there.
      """
    ) { correlation in
      let unused = correlation.aliases.first { !correlation.groupBy.contains($0.name) }
      return unused.map { "alias '\($0.name)' is not used by group-by; name it there or remove it" }
    },
    correlation(
      "alias-of-other-rule",
      .warning,
      """
      The alias has a field for a rule that the correlation does not look at. Mostly the rule's \
      name is misspelt, and the rule that is meant has none.
      """
    ) { correlation in
      let names = Set(correlation.inputs.map(\.name))
      for alias in correlation.aliases {
        if let other = alias.fields.keys.sorted().first(where: { !names.contains($0) }) {
          return "alias '\(alias.name)' names '\(other)', which is not in 'rules'; correct it"
        }
      }
      return nil
    },
    correlation(
      "correlation-of-one",
      .warning,
      """
      A temporal correlation holds when each of its rules has matched. With one rule it fires \
      whenever the rule does; to count its matches write event_count.
      """
    ) { correlation in
      let isTemporal = correlation.kind == .temporal || correlation.kind == .temporalOrdered
      return isTemporal && correlation.inputs.count == 1
        ? "a temporal correlation of one rule fires whenever the rule does; write event_count" : nil
    },
    LintCheck(
      "threshold-too-high",
      .error,
      """
      A window holds so many events at most, and the condition asks for more, so that the correlation \
      would never fire. Ask for fewer in a shorter timespan, or group by more fields.
      """
    ),
    LintCheck(
      "impossible-bounds",
      .error,
      """
      No number satisfies every comparison of the condition, so that the correlation never fires. \
      Mostly gt and lt were swapped.
      """
    ),
    correlation(
      "trivial-count",
      .warning,
      """
      One event is enough for the condition, so that the correlation says what its rule says, \
      later. Raise the bound, or use the rule by itself.
      """
    ) { correlation in
      guard isCount(correlation.kind), correlation.bounds.count == 1 else { return nil }
      let bound = correlation.bounds[0]
      return bound.comparison.holds(1, bound.value) && bound.comparison.holds(1e9, bound.value)
        ? "one event is enough for the condition; raise the bound" : nil
    },
    correlation(
      "count-without-lower-bound",
      .warning,
      """
      A count that is bounded only from above is small enough at the first event of each group: the \
      correlation fires before anything was counted. Add a bound from below.
      """
    ) { correlation in
      guard isCount(correlation.kind), !correlation.bounds.isEmpty,
        correlation.bounds.allSatisfy({ $0.comparison.holds(1, $0.value) }),
        !correlation.bounds.allSatisfy({ $0.comparison.holds(1e9, $0.value) })
      else { return nil }
      return "the condition holds at the first event already; add 'gte' with what is meant"
    },
    correlation(
      "fraction-of-count",
      .warning,
      """
      Counts are whole numbers, and the condition compares one with a fraction. Mostly the bound is \
      of another type, such as value_avg.
      """
    ) { correlation in
      guard isCount(correlation.kind),
        let bound = correlation.bounds.first(where: { $0.value != $0.value.rounded() })
      else { return nil }
      return "a count is compared with \(bound.value); write a whole number"
    },
    correlation(
      "counted-field-in-group",
      .warning,
      """
      Within a group of one value of a field there is one value of that field: counting its \
      distinct values gives 1 always. Count another field, or leave this one out of group-by.
      """
    ) { correlation in
      guard case .valueCount(let fields) = correlation.kind,
        fields.allSatisfy(correlation.groupBy.contains)
      else { return nil }
      return "'\(fields.joined(separator: ", "))' is counted and grouped by, which is always 1"
    },
    correlation(
      "long-timespan",
      .note,
      """
      The window is longer than a month. Every event of every group is kept for so long, up to the \
      limit of events for a group; then the oldest leave, counted. Ask whether a day does it.
      """
    ) { correlation in
      correlation.timespanNanoseconds > longSpanNanoseconds
        ? "the timespan is over a month, and events are kept for so long; is a shorter one enough?"
        : nil
    },
  ]

  private static func isCount(_ kind: CorrelationPlan.Kind) -> Bool {
    switch kind {
    case .eventCount, .valueCount: true
    default: false
    }
  }

  private static func correlation(
    _ id: String,
    _ severity: LintSeverity,
    _ why: String,
    _ check: @escaping @Sendable (CorrelationRule) -> String?
  ) -> LintCheck {
    one(id, severity, why) { subject in
      guard case .correlation(let correlation) = subject.document, let message = check(correlation)
      else { return nil }
      let position = subject.root.entry("correlation")?.keyPosition ?? subject.position
      return LintIssue(position, message)
    }
  }
}
