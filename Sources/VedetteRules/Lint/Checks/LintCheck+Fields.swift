import VedetteDocuments
import VedetteEvent

extension LintCheck {
  /// The fields of a detection.
  static let fieldChecks: [LintCheck] = [
    LintCheck(
      "unknown-field",
      .warning,
      """
      Events of this log source have no such field, so that the rule compares with nothing: the \
      item is always false, and its negation always true. The known fields are those that Sysmon, \
      the taxonomy, the providers of Windows' logs and the vendors of clouds, identity providers, \
      sensors and models document, Vedette's own normalized names, and those that a mapping or a \
      routing table gives another name. Where events may come from any program, as those of model \
      access, only names are judged that begin with 'gen_ai.' or 'ai.', or that are one letter off \
      a name of Vedette's own. Where your events have the field all the same, name it in a mapping \
      or suppress the check.
      """
    ) { subject in
      guard let source = LogSource(subject.root["logsource"]) else { return [] }
      let fields = FieldTaxonomy.fields(source)
      return subject.items.flatMap(\.namedFields).compactMap { name, position in
        guard !name.isEmpty, !name.contains(where: \.isWhitespace), !name.contains("*"),
          !fields.contains(name), subject.mapped?.knows(name, of: FieldTaxonomy.fields) != true
        else { return nil }
        let hint = fields.nearest(to: name).map { "; did you mean '\($0)'?" }
        return LintIssue(
          position,
          "field '\(name)' is not known for this log source\(hint ?? "; see 'rules check --explain'")"
        )
      }
    },
    item(
      "field-with-blank",
      .warning,
      """
      A field's name in Sigma has no blanks: the names of the taxonomy are written together. One \
      with a blank, often at its end before a '|', is found in no event.
      """
    ) { item, _ in
      guard item.field.contains(where: \.isWhitespace) else { return nil }
      return LintIssue(
        item.position,
        "field '\(item.field)' has a blank; write it without"
      )
    },
    item(
      "field-with-wildcard",
      .warning,
      """
      Wildcards stand in values, not in the names of fields: this looks for a field of just that \
      name. Write an item for each field, or a keyword, which is looked for in all.
      """
    ) { item, _ in
      guard item.field.contains("*"), !item.field.contains(where: \.isWhitespace) else {
        return nil
      }
      return LintIssue(
        item.position,
        "field '\(item.field)' has a wildcard, which only values may have; name the fields"
      )
    },
    item(
      "field-to-itself",
      .warning,
      """
      A field that is there always equals itself, contains itself and starts with itself, so that \
      the comparison says nothing. Name the other field.
      """
    ) { item, _ in
      guard item.has("fieldref"), !item.field.isEmpty,
        let value = item.values.first(where: {
          $0.scalar.text.lowercased() == item.field.lowercased()
        })
      else { return nil }
      return LintIssue(
        value.position,
        "'\(item.field)' is compared with itself; name another field"
      )
    },
    LintCheck(
      "contradicting-null",
      .warning,
      """
      What stands in one mapping must all hold. A field can't be null, or not exist, and have a \
      value too, so that the search never holds. Write them as two entries of a list, or as two \
      searches.
      """
    ) { subject in
      subject.mappings.compactMap { search, mapping in
        let isGone: (Mapping.Entry) -> Bool = { entry in
          entry.key.hasSuffix("|exists")
            ? entry.value.scalar?.value == .boolean(false) : entry.value.scalar?.value == .null
        }
        for entry in mapping.entries where isGone(entry) {
          let field = entry.key.prefix { $0 != "|" }
          let other = mapping.entries.first { other in
            other.key != entry.key && other.key.prefix { $0 != "|" } == field && !isGone(other)
              && !other.key.contains("|neq")
          }
          guard let other else { continue }
          return LintIssue(
            other.keyPosition,
            "'\(field)' must be absent and have a value in search '\(search)'; make it a list"
          )
        }
        return nil
      }
    },
  ]
}

extension LintItem {
  /// The names of fields that an item has: that which it looks at, and those it compares it with.
  fileprivate var namedFields: [(name: String, position: Position)] {
    [(field, position)]
      + (has("fieldref") ? values.map { ($0.scalar.text, $0.position) } : [])
  }
}
