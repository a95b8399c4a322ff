import VedetteDocuments
import VedetteFindings

extension LintCheck {
  /// Correlations.
  static let correlationChecks: [LintCheck] = [
    check("correlation-without-group", .note) { correlation in
      correlation.groupBy.isEmpty
        ? "no group-by: events of all hosts and users are counted together" : nil
    },
    check("unused-alias", .warning) { correlation in
      let unused = correlation.aliases.first { !correlation.groupBy.contains($0.name) }
      return unused.map { "alias '\($0.name)' is not used by group-by; remove it" }
    },
    check("correlation-of-one", .warning) { correlation in
      let isTemporal = correlation.kind == .temporal || correlation.kind == .temporalOrdered
      return isTemporal && correlation.inputs.count == 1
        ? "a temporal correlation of one rule fires whenever the rule does" : nil
    },
    check("impossible-bounds", .error) { correlation in
      guard correlation.bounds.count > 1 else { return nil }
      // Counts are whole numbers, and only near a bound does an answer change.
      let candidates = correlation.bounds.flatMap { bound in
        [-1, -0.5, 0, 0.5, 1].map { bound.value + $0 }
      }
      let isPossible = candidates.contains { value in
        correlation.bounds.allSatisfy { $0.comparison.holds(value, $0.value) }
      }
      return isPossible ? nil : "no number satisfies every comparison of the condition"
    },
    check("trivial-count", .warning) { correlation in
      guard correlation.kind == .eventCount, correlation.bounds.count == 1 else { return nil }
      let bound = correlation.bounds[0]
      return bound.comparison.holds(1, bound.value) && bound.comparison.holds(1e9, bound.value)
        ? "one event is enough for the condition; the correlation adds nothing" : nil
    },
  ]

  private static func check(
    _ id: String,
    _ severity: LintSeverity,
    _ check: @escaping @Sendable (CorrelationRule) -> String?
  ) -> LintCheck {
    LintCheck(id, severity) { subject in
      guard case .correlation(let correlation) = subject.document, let message = check(correlation)
      else { return [] }
      let position = subject.root.entry("correlation")?.keyPosition ?? subject.position
      return [(position, message)]
    }
  }
}
