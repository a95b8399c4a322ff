import VedetteDocuments

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
    LintCheck("missing-tags", .note) { subject in
      guard subject.isRule, subject.texts("tags").isEmpty else { return [] }
      return [(subject.position, "no tags; name a technique as 'attack.t1110.001'")]
    },
    each("tag-without-namespace", .warning) { tag in
      tag.contains(".") ? nil : "tag '\(tag)' has no namespace; write it as 'attack.\(tag)'"
    },
    each("unknown-tag-namespace", .warning) { tag in
      guard let namespace = tag.split(separator: ".").first.map(String.init),
        tag.contains("."), !namespaces.contains(namespace.lowercased())
      else { return nil }
      return "unknown namespace of tag '\(tag)'\(suggestion(namespace, namespaces))"
    },
    each("tag-not-lower-case", .warning) { tag in
      tag == tag.lowercased() ? nil : "tag '\(tag)' is not in lower case"
    },
    each("tag-with-odd-character", .warning) { tag in
      let isPlain = tag.lowercased().utf8.allSatisfy { byte in
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
      }
      return isPlain ? nil : "tag '\(tag)' may have letters, digits, '.', '-' and '_' only"
    },
    each("unknown-tactic-or-technique", .warning) { tag in
      let parts = tag.lowercased().split(separator: ".").map(String.init)
      guard parts.count > 1, parts[0] == "attack" else { return nil }
      return isAttack(Array(parts.dropFirst()))
        ? nil : "'\(tag)' is neither a tactic nor an id of ATT&CK"
    },
    each("unknown-atlas-tag", .warning) { tag in
      let parts = tag.lowercased().split(separator: ".").map(String.init)
      guard parts.count > 1, parts[0] == "atlas" else { return nil }
      return isAtlas(Array(parts.dropFirst()))
        ? nil : "'\(tag)' is neither a tactic nor an id of ATLAS"
    },
    LintCheck("duplicate-tag", .warning) { subject in
      duplicates(subject.texts("tags")).map { tag in
        (tag.position, "tag '\(tag.value)' is listed twice; list it once")
      }
    },
  ]

  private static func each(
    _ id: String,
    _ severity: LintSeverity,
    _ check: @escaping @Sendable (String) -> String?
  ) -> LintCheck {
    LintCheck(id, severity) { subject in
      subject.texts("tags").compactMap { tag in check(tag.value).map { (tag.position, $0) } }
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

  private static func isNumber(_ text: String, _ prefix: String, _ digits: Int) -> Bool {
    text.hasPrefix(prefix) && text.utf8.count == prefix.utf8.count + digits
      && text.utf8.dropFirst(prefix.utf8.count).allSatisfy(isDigit)
  }
}
