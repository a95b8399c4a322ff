import VedetteDocuments
import VedetteEvent

extension LintCheck {
  /// The fields of a detection.
  static let fieldChecks: [LintCheck] = [
    item(
      "unknown-field",
      .warning,
      """
      Events of this log source have no such field, so that the rule compares with nothing: the \
      item is always false, and its negation always true. The known fields are those that Sysmon, \
      the taxonomy, the providers of Windows' logs and the vendors of clouds, identity providers, \
      sensors and models document, Vedette's own normalized names, and those that a mapping or a \
      routing table gives another name. Of model access that may come from any gateway only names \
      that begin with 'gen_ai.' or 'ai.' are judged. Where your events have the field all the \
      same, name it in a mapping or suppress the check.
      """
    ) { item, subject in
      guard !item.field.isEmpty, !item.field.contains(where: \.isWhitespace),
        !item.field.contains("*"), let source = LogSource(subject.root["logsource"]),
        let fields = FieldTaxonomy.fields(source), !fields.contains(item.field),
        subject.mapped?.knows(item.field, of: FieldTaxonomy.fields) != true
      else { return nil }
      let nearest = fields.nearest(to: item.field)
      let hint = nearest.map { "; did you mean '\($0)'?" } ?? "; see 'rules check --explain'"
      return LintIssue(
        item.position,
        "field '\(item.field)' is not known for this log source\(hint)"
      )
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
