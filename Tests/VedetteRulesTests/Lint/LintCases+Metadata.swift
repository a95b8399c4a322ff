extension LintCase {
  static let metadata: [LintCase] = [
    LintCase("missing-title", "title: DELETE", not: "title: T"),
    LintCase(
      "long-title",
      "title: \(String(repeating: "T", count: 257))",
      not: "title: \(String(repeating: "T", count: 256))"
    ),
    LintCase("title-ends-with-stop", "title: Ends.", not: "title: Ends..."),
    LintCase("title-begins-with-detects", "title: Detects a shell", not: "title: Detective work"),
    LintCase("title-in-lower-case", "title: shell of a server", not: "title: curl in a Cron Job"),
    LintCase("missing-description", "description: DELETE", not: "description: Long enough here"),
    LintCase("short-description", "description: A shell.", not: "description: A shell of nginx."),
    LintCase(
      "description-repeats-title",
      "description: Shell started by a web server.",
      not: "description: Shell started by a web server, not by cron."
    ),
    LintCase(
      "long-description",
      "description: \(String(repeating: "d", count: 65_536))",
      not: "description: \(String(repeating: "d", count: 65_535))"
    ),
    LintCase("damaged-text", "author: M\u{fffd}ller", not: "author: Müller"),
    LintCase("missing-id", "id: DELETE", not: "id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c15"),
    LintCase("id-not-uuid", "id: r1", not: "id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c15"),
    LintCase(
      "id-not-lower-case",
      "id: 9F4B9A0E-52A1-4F0B-9D4C-0F5E2F6D7C15",
      not: "id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c15"
    ),
    LintCase("name-with-blank", "name: my rule", not: "name: my_rule"),
    LintCase("missing-level", "level: DELETE", not: "level: low"),
    LintCase("invalid-level", "level: hihg", not: "level: High"),
    LintCase("word-not-lower-case", "level: High", not: "level: high"),
    LintCase("missing-status", "status: DELETE", not: "status: stable"),
    LintCase("invalid-status", "status: tested", not: "status: Test"),
    LintCase(
      "deprecated-without-successor",
      "status: deprecated",
      not: """
        status: deprecated
        related: [{id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c15, type: obsolete}]
        """
    ),
    LintCase("license-not-spdx", "license: free for all", not: "license: MIT OR Apache-2.0"),
    LintCase("taxonomy-not-sigma", "taxonomy: mine", not: "taxonomy: sigma"),
    LintCase("missing-falsepositives", "falsepositives: DELETE", not: "falsepositives: [Unknown]"),
    LintCase(
      "falsepositive-says-nothing",
      "falsepositives: [None]",
      not: "falsepositives: [None seen in a year]"
    ),
    LintCase("reference-not-url", "references: [a book]", not: "references: [ftp://example.com]"),
    LintCase(
      "reference-with-blank",
      "references: [https://example.com/a b]",
      not: "references: [https://example.com/a%20b]"
    ),
    LintCase(
      "duplicate-reference",
      "references: [https://example.com/a, https://example.com/a]",
      not: "references: [https://example.com/a, https://example.com/A]"
    ),
    LintCase(
      "reference-to-technique",
      "references: [https://attack.mitre.org/techniques/T1059]",
      not: "references: [https://attack.mitre.org/software/S0002]"
    ),
    LintCase(
      "related-without-id",
      "related: [{type: derived}]",
      not: "related: [{id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c15, type: derived}]"
    ),
    LintCase(
      "invalid-related-type",
      "related: [{id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c15, type: cousin}]",
      not: "related: [{id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c15, type: similar}]"
    ),
    LintCase(
      "related-id-not-uuid",
      "related: [{id: other rule, type: similar}]",
      not: "related: [{id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c15, type: similar}]"
    ),
    LintCase(
      "related-to-itself",
      "related: [{id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c11, type: similar}]",
      not: "related: [{id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c15, type: similar}]"
    ),
    LintCase(
      "duplicate-related",
      """
      related: [{id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c15, type: similar}, \
      {id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c15, type: similar}]
      """,
      not: """
        related: [{id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c15, type: similar}, \
        {id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c15, type: derived}]
        """
    ),
    LintCase("missing-date", "date: DELETE", not: "date: 2026-03-02"),
    LintCase("bad-date", "date: 2026-02-30", not: "date: 2024-02-29"),
    LintCase("bad-modified", "modified: 2026/03/04", not: "modified: 2026-03-04"),
    LintCase("modified-before-date", "modified: 2026-03-01", not: "modified: 2026-03-02"),
  ]

  static let tags: [LintCase] = [
    LintCase("missing-tags", "tags: DELETE", not: "tags: [attack.execution]"),
    LintCase("tag-without-namespace", "tags: [execution]", not: "tags: [attack.execution]"),
    LintCase("unknown-tag-namespace", "tags: [atack.execution]", not: "tags: [attack.execution]"),
    LintCase("tag-not-lower-case", "tags: [attack.Execution]", not: "tags: [attack.execution]"),
    LintCase(
      "tag-with-odd-character",
      "tags: ['attack.execution', 'd3fend.d3-a m']",
      not: "tags: ['attack.execution', 'd3fend.d3-am']"
    ),
    LintCase(
      "tactic-with-underscore",
      "tags: [attack.initial_access]",
      not: "tags: [attack.initial-access]"
    ),
    LintCase(
      "unknown-tactic-or-technique",
      "tags: [attack.impact, attack.t11]",
      not: "tags: [attack.g0016]"
    ),
    LintCase("unknown-atlas-tag", "tags: [atlas.llm04]", not: "tags: [atlas.aml.t0012.001]"),
    LintCase(
      "technique-without-tactic",
      "tags: [attack.t1059]",
      not: "tags: [attack.t1059, attack.execution]"
    ),
    LintCase("duplicate-tag", "tags: [tlp.red, tlp.red]", not: "tags: [tlp.red, car.2016-04-005]"),
    LintCase("bad-cve-tag", "tags: [cve.log4shell]", not: "tags: [cve.2021-44228]"),
    LintCase("bad-car-tag", "tags: [car.2016-4-5]", not: "tags: [car.2016-04-005]"),
    LintCase("unknown-tlp-tag", "tags: [tlp.rde]", not: "tags: [tlp.amber-strict]"),
    LintCase("contradicting-tlp", "tags: [tlp.red, tlp.clear]", not: "tags: [tlp.red]"),
    LintCase("bad-d3fend-tag", "tags: [d3fend.analysis]", not: "tags: [d3fend.d3-am]"),
    LintCase("bad-stp-tag", "tags: [stp.9]", not: "tags: [stp.3u]"),
    LintCase("unknown-detection-tag", "tags: [detection.hunt]", not: "tags: [detection.dfir]"),
  ]

  static let documents: [LintCase] = [
    LintCase(
      "unknown-logsource-key",
      "logsource: {product: linux, categorie: process_creation}",
      not: "logsource: {product: linux, definition: turn it on}"
    ),
    LintCase(
      "logsource-not-lower-case",
      "logsource: {product: Linux, category: process_creation}",
      not: "logsource: {product: linux, category: process_creation}"
    ),
    LintCase(
      "logsource-with-blank",
      "logsource: {product: linux, category: process creation}",
      not: "logsource: {product: linux, category: process_creation}"
    ),
    LintCase(
      "misspelt-logsource",
      "logsource: {product: linux, category: proces_creation}",
      not: "logsource: {product: linux, category: mine}"
    ),
    LintCase(
      "unknown-windows-logsource",
      .windows,
      "logsource: {product: windows, service: unheard-of}",
      not: "logsource: {product: windows, service: security}"
    ),
    LintCase(
      "contradicting-logsource",
      "logsource: {product: linux, category: ps_script}",
      not: "logsource: {product: windows, category: process_creation}"
    ),
    LintCase(
      "logsource-without-product",
      "logsource: {category: process_creation}",
      not: "logsource: {category: webserver}\n  parent: {cs-uri-query: a}\n  filter_main: {c-ip: b}"
    ),
    LintCase(
      "misspelt-key",
      "falsepositives: DELETE\nfalsepositive: [x]",
      not: "mine: x",
      also: ["missing-falsepositives"]
    ),
    LintCase("key-not-lower-case", "License: MIT", not: "Mine: x"),
    LintCase("empty-key", "references:", not: "mine:"),
    LintCase("list-expected", "references: https://example.com", not: "references: []"),
    LintCase("text-expected", "author: [A, B]", not: "author: A, B"),
    LintCase("duplicate-output-field", "fields: [a, a]", not: "fields: [a, A]"),
    LintCase(
      "mixed-document",
      .correlation,
      "filter: {rules: any, selection: {a: b}, condition: not selection}",
      not: "mine: {a: b}"
    ),
    LintCase(
      "logsource-of-correlation",
      .none,
      correlation.replacing("correlation:", with: "logsource: {product: linux}\ncorrelation:"),
      not: correlation
    ),
    LintCase("misplaced-generate", "generate: true", not: "mine: true"),
    LintCase("byte-order-mark", .none, "\u{feff}" + rule, not: rule),
    LintCase("no-line-end-at-end", .none, String(rule.dropLast()), not: rule),
  ]
}
