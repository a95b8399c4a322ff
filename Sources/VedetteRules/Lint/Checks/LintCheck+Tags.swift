import VedetteDocuments
import VedetteEvent

extension LintCheck {
  /// The namespaces of the specification's tags appendix, and ATLAS.
  private static let namespaces = [
    "attack", "atlas", "car", "cve", "d3fend", "detection", "stp", "tlp",
  ]

  /// ATT&CK's tactics as tags have them.
  private static let tactics: Set<String> = [
    "reconnaissance", "resource-development", "initial-access", "execution", "persistence",
    "privilege-escalation", "defense-evasion", "credential-access", "discovery",
    "lateral-movement", "collection", "command-and-control", "exfiltration", "impact",
    // Of ATT&CK from version 19, which parts defense evasion.
    "stealth", "defense-impairment",
  ]

  /// The tactics that only ATLAS has.
  private static let modelTactics: Set<String> = [
    "ai-model-access", "ml-model-access", "ai-attack-staging", "ml-attack-staging",
  ]

  /// What a rule is filed under.
  static let tagChecks: [LintCheck] = [
    one(
      "missing-tags",
      .note,
      """
      Tags bring a rule's matches under a tactic and a technique: in the incident, in the coverage \
      table and in what correlates. A rule without is in none of them.
      """
    ) { subject in
      guard subject.isRule, subject.root["tags"] == nil else { return nil }
      return LintIssue(subject.position, "no tags; name a technique as 'attack.t1110.001'")
    },
    tag(
      "tag-without-namespace",
      .warning,
      """
      A tag is a namespace, a dot and a name. Without the namespace nothing knows whether \
      'execution' is a tactic of ATT&CK or a word of the author's.
      """
    ) { tag in
      tag.contains(".") ? nil : "tag '\(tag)' has no namespace; write it as 'attack.\(tag)'"
    },
    tag(
      "unknown-tag-namespace",
      .warning,
      """
      The specification's namespaces are attack, car, cve, d3fend, detection, stp and tlp, and \
      Vedette reads atlas. A tag in another is shown but means nothing to any tool; mostly it is a \
      slip of the pen.
      """
    ) { tag in
      guard let namespace = tag.split(separator: ".").first.map(String.init),
        tag.contains("."), !namespaces.contains(namespace.lowercased())
      else { return nil }
      return "unknown namespace of tag '\(tag)'\(suggestion(namespace, namespaces))"
    },
    LintCheck(
      "tag-not-lower-case",
      .warning,
      """
      Tags are compared letter by letter by most tools, and the specification writes them in lower \
      case. The fix does so.
      """
    ) { subject in
      subject.texts("tags").compactMap { tag in
        guard tag.value != tag.value.lowercased() else { return nil }
        return LintIssue(
          tag.position,
          "tag '\(tag.value)' has capitals; write '\(tag.value.lowercased())'",
          fix: subject.source.replacement(of: tag.node, with: tag.value.lowercased())
        )
      }
    },
    tag(
      "tag-with-odd-character",
      .warning,
      """
      A tag has letters, digits, '.', '-' and '_'. Anything else, a blank most of all, is cut off \
      or refused by tools that file by it.
      """
    ) { tag in
      let isPlain = tag.utf8.allSatisfy { isWordByte($0) || $0 == 0x2e || $0 == 0x2d }
      return isPlain ? nil : "tag '\(tag)' may have letters, digits, '.', '-' and '_' only"
    },
    LintCheck(
      "tactic-with-underscore",
      .note,
      """
      Since version 2 of the specification tactics are written with hyphens, as \
      'attack.defense-evasion'. Vedette reads both, other tools only one. The fix writes hyphens.
      """
    ) { subject in
      subject.texts("tags").compactMap { tag in
        let parts = tag.value.lowercased().split(separator: ".").map(String.init)
        guard parts.count == 2, ["attack", "atlas"].contains(parts[0]), parts[1].contains("_"),
          isTactic(parts[1], modelTactics)
        else { return nil }
        let written = String(tag.value.map { $0 == "_" ? "-" : $0 })
        return LintIssue(
          tag.position,
          "tactic '\(tag.value)' has underscores; write '\(written)'",
          fix: subject.source.replacement(of: tag.node, with: written)
        )
      }
    },
    tag(
      "unknown-tactic-or-technique",
      .warning,
      """
      A tag of the namespace attack is a tactic's name or an id: t1110.001, ta0006, g0016, s0002. \
      Anything else is in no table, and the rule covers nothing.
      """
    ) { tag in
      let parts = tag.lowercased().split(separator: ".").map(String.init)
      guard parts.count > 1, parts[0] == "attack", !isAttack(Array(parts.dropFirst())) else {
        return nil
      }
      let near = NearestName.of(parts[1], in: tactics.sorted())
      let hint = near.map { "; did you mean 'attack.\($0)'?" } ?? "; write it as 'attack.t1110.001'"
      return "'\(tag)' is neither a tactic nor an id of ATT&CK\(hint)"
    },
    tag(
      "unknown-atlas-tag",
      .warning,
      """
      A tag of the namespace atlas is a tactic's name or an id as 'atlas.aml.t0012', after MITRE \
      ATLAS. Anything else is in no table, and the rule covers nothing.
      """
    ) { tag in
      let parts = tag.lowercased().split(separator: ".").map(String.init)
      guard parts.count > 1, parts[0] == "atlas", !isAtlas(Array(parts.dropFirst())) else {
        return nil
      }
      return "'\(tag)' is neither a tactic nor an id of ATLAS; write it as 'atlas.aml.t0012'"
    },
    one(
      "technique-without-tactic",
      .note,
      """
      A technique can serve several tactics: the same scheduled task is execution, persistence or \
      privilege escalation. The tag of the tactic says which the rule means, and the incident's \
      story is told by it.
      """
    ) { subject in
      let tags = subject.texts("tags").map { $0.value.lowercased() }
      let hasTechnique = tags.contains { tag in
        tag.hasPrefix("attack.t") && tag.dropFirst(8).first?.isNumber == true
      }
      let hasTactic = tags.contains { tag in
        ["attack.", "atlas."].contains { prefix in
          tag.hasPrefix(prefix) && isTactic(String(tag.dropFirst(prefix.count)), modelTactics)
        }
      }
      guard hasTechnique, !hasTactic, let node = subject.root["tags"] else { return nil }
      return LintIssue(
        node.position,
        "a technique without its tactic; add one as 'attack.execution'"
      )
    },
    LintCheck(
      "duplicate-tag",
      .warning,
      "The same tag is listed twice, so that counting by tags goes wrong. The fix removes the later."
    ) { subject in
      subject.repeated("tags").map { tag in
        LintIssue(
          tag.position,
          "tag '\(tag.value)' is listed twice; list it once",
          fix: tag.fix
        )
      }
    },
  ]

  /// A check of each tag by itself.
  static func tag(
    _ id: String,
    _ severity: LintSeverity,
    _ why: String,
    _ check: @escaping @Sendable (String) -> String?
  ) -> LintCheck {
    LintCheck(id, severity, why) { subject in
      subject.texts("tags").compactMap { tag in
        check(tag.value).map { LintIssue(tag.position, $0) }
      }
    }
  }

  private static func isTactic(_ name: String, _ more: Set<String> = []) -> Bool {
    let written = String(name.map { $0 == "_" ? "-" : $0 })
    return tactics.contains(written) || more.contains(written)
  }

  /// `t1110`, `t1110.001`, `g0001`, `s0002`, `ta0006`, `c0001`, or a tactic's name.
  private static func isAttack(_ parts: [String]) -> Bool {
    let first = parts[0]
    if parts.count == 1, isTactic(first) { return true }
    for (prefix, digits) in [("ta", 4), ("t", 4), ("g", 4), ("s", 4), ("c", 4), ("ds", 4)]
    where isNumber(first, prefix, digits) {
      return parts.count == 1
        || prefix == "t" && parts.count == 2 && isNumber(parts[1], "", 3)
    }
    return false
  }

  /// `aml.t0012`, `aml.t0012.001`, `aml.ta0002`, `aml.cs0001`, `aml.m0001`, or a tactic's name.
  private static func isAtlas(_ parts: [String]) -> Bool {
    if parts.count == 1 { return isTactic(parts[0], modelTactics) }
    guard parts[0] == "aml" else { return false }
    for prefix in ["ta", "t", "cs", "m"] where isNumber(parts[1], prefix, 4) {
      return parts.count == 2
        || prefix == "t" && parts.count == 3 && isNumber(parts[2], "", 3)
    }
    return false
  }

  static func isNumber(_ text: String, _ prefix: String, _ digits: Int) -> Bool {
    text.hasPrefix(prefix) && text.utf8.count == prefix.utf8.count + digits
      && text.utf8.dropFirst(prefix.utf8.count).allSatisfy(isDigit)
  }
}
