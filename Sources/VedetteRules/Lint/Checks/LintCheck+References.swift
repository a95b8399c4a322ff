import VedetteDocuments
import VedetteEvent

extension LintCheck {
  private static let relatedTypes = [
    "derived", "obsolete", "obsoletes", "merged", "renamed", "similar", "correlation",
  ]

  /// What a rule refers to.
  static let referenceChecks: [LintCheck] = [
    LintCheck(
      "reference-not-url",
      .note,
      """
      A reference is the address of a page, so that it can be opened. The title of a book or a \
      talk belongs in the description. 'Internal Research' stands for what can't be linked.
      """
    ) { subject in
      subject.texts("references").compactMap { reference in
        guard !reference.value.contains("://"), !reference.value.isEmpty,
          !reference.value.lowercased().hasPrefix("internal research")
        else { return nil }
        return LintIssue(
          reference.position,
          "reference '\(reference.value)' is no address of a page; begin it with 'https://'"
        )
      }
    },
    LintCheck(
      "reference-with-blank",
      .note,
      """
      An address ends at its first blank: what follows is lost when the link is opened. Write one \
      address an entry, and a blank that is part of it as %20.
      """
    ) { subject in
      subject.texts("references").compactMap { reference in
        guard reference.value.contains("://"),
          reference.value.contains(where: { $0 == " " || $0.isNewline })
        else { return nil }
        return LintIssue(
          reference.position,
          "reference '\(reference.value)' has a blank; write one address an entry"
        )
      }
    },
    LintCheck(
      "duplicate-reference",
      .note,
      "The same page is listed twice. The fix removes the later entry."
    ) { subject in
      subject.repeated("references").map { reference in
        LintIssue(
          reference.position,
          "reference '\(reference.value)' is listed twice; list it once",
          fix: reference.fix
        )
      }
    },
    LintCheck(
      "reference-to-technique",
      .note,
      """
      A page of an ATT&CK or ATLAS technique under references says what a tag says better: tags are \
      counted, filtered and shown with incidents. Write the tag 'attack.t1059' and leave the page \
      out.
      """
    ) { subject in
      subject.texts("references").compactMap { reference in
        let text = reference.value.lowercased()
        guard
          ["attack.mitre.org/techniques/", "atlas.mitre.org/techniques/"].contains(where: {
            text.contains($0)
          })
        else { return nil }
        return LintIssue(reference.position, "the page of a technique; write it as a tag")
      }
    },
    LintCheck(
      "related-without-id",
      .warning,
      """
      An entry of 'related' is an id and how the two rules are related. With one of them missing \
      no tool can follow it.
      """
    ) { subject in
      related(subject).compactMap { node in
        guard node.mapping?["id"] == nil || node.mapping?["type"] == nil else { return nil }
        return LintIssue(node.position, "a related rule needs 'id' and 'type'")
      }
    },
    LintCheck(
      "invalid-related-type",
      .warning,
      """
      The specification knows the relations derived, obsolete, merged, renamed, similar and \
      correlation. Another word is not understood by tools that follow them.
      """
    ) { subject in
      related(subject).compactMap { node in
        guard let type = node.mapping?["type"], let text = type.scalar?.text,
          !relatedTypes.contains(text)
        else { return nil }
        return LintIssue(
          type.position,
          "unknown type '\(text)' of a related rule\(suggestion(text, relatedTypes))"
        )
      }
    },
    LintCheck(
      "related-id-not-uuid",
      .warning,
      """
      A related rule is named by its id, which is a UUID. A title or a path can't be looked up and \
      changes while the rule stays the same.
      """
    ) { subject in
      related(subject).compactMap { node in
        guard let id = node.mapping?["id"], let text = id.scalar?.text, !text.isEmpty,
          !isUUID(text)
        else { return nil }
        return LintIssue(id.position, "related id '\(text)' is no UUID; copy that rule's id")
      }
    },
    LintCheck(
      "related-to-itself",
      .warning,
      """
      The rule names its own id under 'related': mostly a rule was copied, given a new id, and the \
      old one was overwritten in both places. Write the id of the rule it comes from.
      """
    ) { subject in
      guard let own = subject.text("id")?.value else { return [] }
      return related(subject).compactMap { node in
        guard let id = node.mapping?["id"], id.scalar?.text == own else { return nil }
        return LintIssue(id.position, "the rule is related to itself; name the other rule")
      }
    },
    LintCheck(
      "duplicate-related",
      .note,
      "The same rule is named under 'related' twice with the same type; once says it."
    ) { subject in
      var seen: Set<[String]> = []
      return related(subject).compactMap { node in
        guard let id = node.mapping?["id"]?.scalar?.text,
          !seen.insert([id, node.mapping?["type"]?.scalar?.text ?? ""]).inserted
        else { return nil }
        return LintIssue(node.position, "related rule '\(id)' is listed twice; list it once")
      }
    },
  ]

  private static func related(_ subject: LintSubject) -> [Node] {
    subject.root["related"]?.sequence ?? []
  }
}
