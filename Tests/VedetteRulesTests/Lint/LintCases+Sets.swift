extension LintCase {
  private static let copy = rule.replacing("7c11", with: "7c12")
  private static let renamed = copy.replacing("title: Shell", with: "title: A shell")
  private static let count = "  condition: "

  static let correlations: [LintCase] = [
    LintCase("correlation-without-group", .correlation, "  group-by: []", not: "  group-by: [a]"),
    LintCase(
      "duplicate-group-by",
      .correlation,
      "  group-by: [source.ip, source.ip]",
      not: "  group-by: [source.ip, user.name]"
    ),
    LintCase(
      "unused-alias",
      .correlation,
      "  timespan: 10m\n  aliases: {other: {failures: source.ip}}",
      not: "  group-by: [other]\n  aliases: {other: {failures: source.ip}}"
    ),
    LintCase(
      "alias-of-other-rule",
      .correlation,
      "  group-by: [other]\n  aliases: {other: {failures: source.ip, failure: source.ip}}",
      not: "  group-by: [other]\n  aliases: {other: {failures: source.ip}}"
    ),
    LintCase(
      "correlation-of-one",
      .correlation,
      "  type: temporal\n  condition: DELETE",
      not: "  type: event_count"
    ),
    LintCase(
      "threshold-too-high",
      .correlation,
      count + "{gte: 131073}",
      not: count + "{gte: 131072}"
    ),
    LintCase(
      "impossible-bounds",
      .correlation,
      count + "{gt: 5, lt: 3}",
      not: count + "{gt: 3, lt: 5}"
    ),
    LintCase("trivial-count", .correlation, count + "{gte: 1}", not: count + "{gte: 2}"),
    LintCase(
      "count-without-lower-bound",
      .correlation,
      count + "{lt: 5}",
      not: count + "{gt: 1, lt: 5}"
    ),
    LintCase("fraction-of-count", .correlation, count + "{gte: 2.5}", not: count + "{gte: 2.0}"),
    LintCase(
      "counted-field-in-group",
      .correlation,
      "  type: value_count\n" + count + "{field: source.ip, gte: 5}",
      not: "  type: value_count\n" + count + "{field: user.name, gte: 5}"
    ),
    LintCase("long-timespan", .correlation, "  timespan: 32d", not: "  timespan: 31d"),
    LintCase(
      "unknown-correlation-key",
      .correlation,
      "  group-by: DELETE\n  groupby: [a]",
      not: "  group-by: [a]\n  generate: true",
      also: ["correlation-without-group"]
    ),
    LintCase(
      "timeframe-for-timespan",
      .correlation,
      "  timespan: DELETE\n  timeframe: 10m",
      not: "  timespan: 10m"
    ),
    LintCase(
      "field-outside-condition",
      .correlation,
      "  type: value_count\n  field: user.name",
      not: "  type: value_count\n" + count + "{field: user.name, gte: 5}"
    ),
    LintCase(
      "field-without-effect",
      .correlation,
      count + "{field: user.name, gte: 5}",
      not: "  type: value_count\n" + count + "{field: user.name, gte: 5}"
    ),
    LintCase(
      "percentile-without-effect",
      .correlation,
      "  type: value_avg\n" + count + "{field: event.count, gte: 5, percentile: 9}",
      not: "  type: value_percentile\n" + count + "{field: event.count, gte: 5, percentile: 9}"
    ),
  ]

  static let reading: [LintCase] = [
    LintCase("not-yaml", .none, "a: [", not: rule),
    LintCase(
      "duplicate-key",
      "  filter_main: {Image: x, Image: y}",
      not: "  filter_main: {Image: x}"
    ),
    LintCase("key-not-text", .none, "[a]: b\n", not: rule),
    LintCase(
      "too-deep",
      .none,
      String(repeating: "[", count: 70) + String(repeating: "]", count: 70) + "\n",
      not: rule
    ),
    LintCase("missing-key", "logsource: DELETE", not: "license: MIT"),
    LintCase("wrong-kind", "logsource: linux", not: "logsource: {product: linux}"),
    LintCase("empty", "  filter_main: {}", not: "  filter_main: {Image: ''}"),
    LintCase("not-a-rule", .none, "- a\n", not: rule),
    LintCase(
      "unknown-modifier",
      "  filter_main: {Image|contians: x}",
      not: "  filter_main: {Image|contains: x}"
    ),
    LintCase(
      "misused-modifier",
      "  filter_main: {Image|contains|re: x.y}",
      not: "  filter_main: {Image|re: x.y}"
    ),
    LintCase(
      "invalid-value",
      "  filter_main: {ProcessId|gt: many}",
      not: "  filter_main: {ProcessId|gt: '5'}"
    ),
    LintCase(
      "placeholder",
      "  filter_main: {Image|expand: '%a%'}",
      not: "  filter_main: {Image: '%a%'}"
    ),
    LintCase(
      "regex",
      "  filter_main: {Image|re: 'a(?=b)'}",
      not: "  filter_main: {Image|re: 'a(?:b)'}"
    ),
    LintCase("condition", "  condition: parent filter_main", not: "  condition: parent"),
    LintCase("undefined-search", "  condition: parent and not filter", not: "  condition: parent"),
    LintCase(
      "unmatched-pattern",
      "  condition: parent and not 1 of f_*",
      not: "  condition: parent"
    ),
    LintCase(
      "too-many",
      "  condition: \(String(repeating: "(", count: 70))parent\(String(repeating: ")", count: 70))",
      not: "  condition: ((parent))"
    ),
    LintCase("duplicate-id", .none, rule + "---\n" + rule, not: rule),
    LintCase(
      "duplicate-name",
      .none,
      correlation.replacing("title: Many", with: "name: failures\ntitle: Many"),
      not: correlation.replacing("title: Many", with: "name: many\ntitle: Many")
    ),
    LintCase("unknown-rule", .correlation, "  rules: [failure]", not: "  rules: [failures]"),
    LintCase(
      "rejected-input",
      .none,
      correlation + "---\n" + another(4, "More", of: "x") + "---\n"
        + another(5, "Most", of: "9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c14"),
      not: correlation,
      also: ["unknown-rule"]
    ),
    LintCase(
      "cycle",
      .correlation,
      "  rules: [9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c13]",
      not: "  rules: [failures]"
    ),
    LintCase("invalid-correlation", .correlation, "  timespan: soon", not: "  timespan: 1h"),
    LintCase(
      "invalid-filter",
      .none,
      correlation + "---\n"
        + filter.replacing("rules: any", with: "rules: [failures]").replacing("sshd", with: "sudo"),
      not: correlation + "---\n" + filter.replacing("rules: any", with: "rules: [failures]")
    ),
    LintCase(
      "duplicate-title",
      .none,
      rule + "---\n" + copy.replacing("/nginx", with: "/lighttpd"),
      not: rule + "---\n" + renamed.replacing("/nginx", with: "/lighttpd")
    ),
    LintCase(
      "duplicate-detection",
      .none,
      rule + "---\n" + renamed.replacing("[/nginx, /apache2]", with: "[/APACHE2, /nginx]"),
      not: rule + "---\n" + renamed.replacing("[/nginx, /apache2]", with: "[/apache, /nginx]")
    ),
    LintCase(
      "unused-suppression",
      "status: test # vedette:ignore invalid-status",
      not: "status: odd # vedette:ignore invalid-status a word of ours"
    ),
    LintCase(
      "unknown-suppression",
      "level: high # vedette:ignore invalid-levle",
      not: "level: high # vedette: ignore this remark"
    ),
  ]

  static let all = metadata + tags + documents + items + conditions + correlations + reading
}
