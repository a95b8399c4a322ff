import VedetteDocuments
import VedetteEvent

extension LintCheck {
  private static let correlationKeyNames = [
    "type", "rules", "group-by", "timespan", "condition", "aliases", "generate", "field",
    "timeframe",
  ]

  /// How a correlation is written.
  static let correlationKeyChecks: [LintCheck] = [
    LintCheck(
      "unknown-correlation-key",
      .warning,
      """
      The key is none of a correlation's and is not read: a misspelt 'group-by' leaves all events \
      in one group.
      """
    ) { subject in
      (subject.root["correlation"]?.mapping?.entries ?? []).compactMap { entry in
        guard !correlationKeyNames.contains(entry.key) else { return nil }
        return LintIssue(
          entry.keyPosition,
          "'\(entry.key)' in correlation is not read"
            + suggestion(entry.key, Array(correlationKeyNames.prefix(7)))
        )
      }
    },
    one(
      "timeframe-for-timespan",
      .warning,
      """
      The window of a correlation is 'timespan' in the specification; 'timeframe' is the word of \
      old aggregations. Vedette reads both, other tools one. The fix renames it.
      """
    ) { subject in
      guard let correlation = subject.root["correlation"]?.mapping,
        let entry = correlation.entry("timeframe"), correlation["timespan"] == nil
      else { return nil }
      return LintIssue(
        entry.keyPosition,
        "'timeframe' is 'timespan' in a correlation; rename it",
        fix: subject.source.replacement(at: entry.keyPosition, "timeframe", with: "timespan")
      )
    },
    one(
      "field-outside-condition",
      .note,
      """
      The counted field is part of the condition in the specification: 'condition: {field: user, \
      gte: 5}'. Vedette reads it beside the condition too, other tools do not.
      """
    ) { subject in
      guard let entry = subject.root["correlation"]?.mapping?.entry("field") else { return nil }
      return LintIssue(
        entry.keyPosition,
        "'field' beside the condition; write it in 'condition'"
      )
    },
    one(
      "field-without-effect",
      .warning,
      """
      event_count counts events and temporal correlations wait for rules; neither looks at a field. \
      Mostly value_count was meant, which counts the distinct values of the field.
      """
    ) { subject in
      guard let correlation = subject.root["correlation"]?.mapping,
        let type = correlation["type"]?.scalar?.text,
        ["event_count", "temporal", "temporal_ordered"].contains(type)
      else { return nil }
      let entry =
        correlation["condition"]?.mapping?.entry("field") ?? correlation.entry("field")
      return entry.map { entry in
        LintIssue(
          entry.keyPosition,
          "'\(type)' looks at no field; write 'value_count' or remove it"
        )
      }
    },
    one(
      "percentile-without-effect",
      .warning,
      """
      Only value_percentile reads 'percentile'. In a correlation of another type it says something \
      that is not done.
      """
    ) { subject in
      guard let correlation = subject.root["correlation"]?.mapping,
        let type = correlation["type"]?.scalar?.text, type != "value_percentile",
        let entry = correlation["condition"]?.mapping?.entry("percentile")
      else { return nil }
      return LintIssue(
        entry.keyPosition,
        "'\(type)' reads no 'percentile'; write 'value_percentile' or remove it"
      )
    },
  ]
}
