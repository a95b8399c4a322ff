extension LintCase {
  private static func item(
    _ check: String,
    _ trips: String,
    not passes: String,
    on base: Base = .rule,
    also: Set<String> = []
  ) -> LintCase {
    LintCase(
      check,
      base,
      "  filter_main: {\(trips)}",
      not: "  filter_main: {\(passes)}",
      also: also
    )
  }

  static let items: [LintCase] = [
    item("unknown-field", "ComandLine: x", not: "commandline: x"),
    item("unknown-field", "Image|fieldref: ParentImgae", not: "Image|fieldref: ParentImage"),
    item("field-with-blank", "'Image |endswith': x", not: "Image|endswith: x"),
    item("field-with-wildcard", "'Ima*': x", not: "Image: 'x*y'"),
    item(
      "field-to-itself",
      "Image|fieldref: Image",
      not: "Image|fieldref: ParentImage"
    ),
    item(
      "contradicting-null",
      "Image: null, Image|contains: x",
      not: "Image: null, User|contains: x"
    ),
    item("all-with-one-value", "Image|contains|all: x", not: "Image|contains|all: [x, y]"),
    item("all-not-last", "Image|all|contains: [x, y]", not: "Image|contains|all: [x, y]"),
    item("impossible-all", "Image|endswith|all: [x, y]", not: "Image|endswith|all: [xy, y]"),
    item("contains-without-effect", "Image|re|contains: x.y", not: "Image|re: x.y"),
    item("long-modifier-name", "Image|re|ignorecase: x.y", not: "Image|re|i: x.y"),
    item(
      "windash-without-dash",
      "Image|contains|windash: a-b",
      not: "Image|contains|windash: ' -b'"
    ),
    item("expand-without-placeholder", "Image|expand: x", not: "Image|contains: '50%'"),
    item(
      "base64-of-whole-value",
      "Image|base64offset: command",
      not: "Image|base64offset|contains: command"
    ),
    item(
      "utf16-without-base64",
      "Image|wide|contains: x",
      not: "Image|wide|base64offset|contains: x"
    ),
    item(
      "utf16-after-base64",
      "Image|base64offset|wide|contains: abc",
      not: "Image|wide|base64offset|contains: abc"
    ),
    item("comparison-with-list", "ProcessId|gt: [1, 5]", not: "ProcessId|gt: 5"),
    item("time-part-out-of-range", "'@timestamp|hour': 24", not: "'@timestamp|hour': 23"),
    item(
      "impossible-range",
      "ProcessId|gt: 5, ProcessId|lt: 5",
      not: "ProcessId|gte: 5, ProcessId|lte: 5"
    ),
    item("repeated-value", "Image|contains: [x, X]", not: "Image|contains|cased: [x, X]"),
    // Two blanks that Unicode has for one.
    item("repeated-value", "Image: [\u{2002}, \u{2002}]", not: "Image: [\u{2000}, \u{2002}]"),
    item(
      "contained-value",
      "Image|contains: [curl, libcurl]",
      not: "Image|endswith: [curl, curlx]"
    ),
    item("any-value-in-list", "Image: ['*', x]", not: "Image: ['*x', y]"),
    item("number-as-text", "Product: 1.10", not: "Product: 1.1"),
    item("ambiguous-truth", "Product: yes", not: "Product: 'yes'"),
    item("null-as-text", "Image: 'null'", not: "Image: null"),
    item(
      "network-with-host-bits",
      "source.ip|cidr: 10.0.0.5/8",
      not: "source.ip|cidr: 10.0.0.5/32"
    ),
    item("network-of-everything", "source.ip|cidr: 0.0.0.0/0", not: "source.ip|cidr: 0.0.0.0/8"),
    item("network-as-text", "source.ip|startswith: '10.'", not: "Product|startswith: '10.'"),
    item("needless-wildcard", "Image|contains: '*x'", not: "Image|contains: 'x*y'"),
    item("wildcard-for-modifier", "Image: '*x*'", not: "Image: 'x*y'"),
    item(
      "escaped-wildcard",
      "Image: 'C:\\Users\\*\\a.exe'",
      not: "Image: 'C:\\Users\\\\*\\a.exe'"
    ),
    item("contains-nothing", "Image|contains: ''", not: "Image: ''"),
    LintCase(
      "value-with-line-end",
      "  filter_main:\n    Image: |\n      x",
      not: "  filter_main:\n    Image: |-\n      x"
    ),
    item("invisible-character", "Image: 'x\u{200b}'", not: "Image: '\u{200b}'"),
    item(
      "slash-in-windows-path",
      "Image|endswith: '/cmd.exe'",
      not: "Image|endswith: '\\cmd.exe'",
      on: .windows
    ),
    item(
      "program-without-separator",
      "Image|endswith: 'cmd.exe'",
      not: "CommandLine|endswith: 'cmd.exe'",
      on: .windows
    ),
    item("regex-without-need", "Image|re: curl", not: "Image|re: cu.l"),
    item("needless-regex-padding", "Image|re: '.*cu.l'", not: "Image|re: 'c.*l'"),
    item("regex-always-true", "Image|re: '(foo)?'", not: "Image|re: '^(foo)?$'"),
    item("unescaped-dot", "Image|re: 'cmd.exe$'", not: "Image|re: 'cmd\\.exe$'"),
    item("regex-in-slashes", "Image|re: '/cu.l/i'", not: "Image|re: '/bin/cu.l'"),
  ]

  private static func condition(
    _ check: String,
    _ trips: String,
    not passes: String,
    also: Set<String> = []
  ) -> LintCase {
    LintCase(check, "  condition: \(trips)", not: "  condition: \(passes)", also: also)
  }

  static let conditions: [LintCase] = [
    condition("unused-search", "parent", not: "parent and not filter_main"),
    LintCase(
      "search-named-like-keyword",
      "  filter_main: DELETE\n  them: {Image: x}\n  condition: parent",
      not: "  filter_main: DELETE\n  theme: {Image: x}\n  condition: parent and theme",
      also: ["unused-search"]
    ),
    LintCase(
      "search-name-with-odd-character",
      "  filter_main: DELETE\n  a b: {Image: x}\n  condition: parent",
      not: "  filter_main: DELETE\n  a-b: {Image: x}\n  condition: parent and a-b",
      also: ["unused-search"]
    ),
    LintCase(
      "repeated-search",
      "  filter_main: {ParentImage|endswith: [/nginx, /apache2]}",
      not: "  filter_main: {ParentImage|endswith: [/nginx]}"
    ),
    LintCase(
      "repeated-alternative",
      "  filter_main: [{Image: x}, {Image: x}]",
      not: "  filter_main: [{Image: x}, {Image: y}]"
    ),
    condition(
      "filter-counted-as-hit",
      "1 of them",
      not: "parent and not 1 of filter_*"
    ),
    LintCase(
      "search-of-anything",
      "  parent: {ParentImage: '*'}",
      not: "  filter_main: {ParentImage: '*'}"
    ),
    condition(
      "condition-never-true",
      "parent and filter_main and not 1 of filter_*",
      not: "parent and filter_main"
    ),
    condition(
      "condition-always-true",
      "parent or filter_main or not parent",
      not: "parent or filter_main"
    ),
    condition(
      "search-without-effect",
      "parent or (parent and filter_main)",
      not: "parent or filter_main"
    ),
    condition(
      "repeated-operand",
      "(parent and parent) and not filter_main",
      not: "parent and not filter_main"
    ),
    condition(
      "double-negation",
      "parent and not not filter_main",
      not: "parent and not filter_main"
    ),
    LintCase(
      "mixed-and-or",
      "  filter_main: {Image: x}\n  other: {Image: z}\n"
        + "  condition: parent or other and not filter_main",
      not: "  condition: (parent or filter_main) and not (parent and filter_main)"
    ),
    condition("all-of-them", "all of them", not: "1 of them", also: ["filter-counted-as-hit"]),
    condition(
      "condition-word-not-lower-case",
      "parent AND NOT filter_main",
      not: "parent and not filter_main"
    ),
    condition(
      "quantifier-without-wildcard",
      "1 of parent and not filter_main",
      not: "1 of par* and not filter_main"
    ),
    condition(
      "detection-with-only-exclusions",
      "not parent and not filter_main",
      not: "parent and not filter_main"
    ),
    LintCase(
      "filter-not-excluding",
      .filter,
      "  condition: selection",
      not: "  condition: not selection"
    ),
  ]
}
