import VedetteEvent

/// What a rule asks of which events, in a form in which two ways of writing it are equal.
///
/// Order, repetition, capitals that do not count, quantifiers and places are gone. Two rules of one
/// meaning match the same events; two that match the same need not have one meaning.
struct RuleMeaning: Hashable {
  private indirect enum Form: Hashable {
    case item(field: String?, alternatives: Set<Set<Atom>>, all: Bool)
    case not(Form)
    case all(Set<Form>)
    case any(Set<Form>)
  }

  /// A test of a value; texts without regard to case are folded.
  private enum Atom: Hashable {
    case folded([TextPattern.Piece])
    case test(ValueTest)
  }

  private let source: LogSource
  private let form: Form

  /// The meaning of a rule, with the filters that name it.
  init(_ rule: Rule) {
    source = rule.logSource
    form = Self.form(rule.expression)
  }

  /// The meaning of a detection alone.
  init(_ source: LogSource, _ detection: Detection) {
    self.source = source
    form = Self.form(detection.expression)
  }

  private static func form(_ expression: Expression) -> Form {
    switch expression {
    case .item(let item):
      let alternatives = Set(item.values.map { Set($0.map(atom)) })
      return .item(
        field: item.field,
        alternatives: alternatives,
        all: item.requiresAll && alternatives.count > 1
      )
    case .not(let inner): return .not(form(inner))
    case .and(let parts):
      let forms = Set(parts.map(form))
      return forms.count == 1 ? forms[forms.startIndex] : .all(forms)
    case .or(let parts):
      let forms = Set(parts.map(form))
      return forms.count == 1 ? forms[forms.startIndex] : .any(forms)
    }
  }

  private static func atom(_ test: ValueTest) -> Atom {
    switch test {
    case .text(let pattern, isCased: false):
      return .folded(
        pattern.pieces.map { piece in
          if case .bytes(let bytes) = piece { .bytes(CaseFolding.folded(bytes)) } else { piece }
        }
      )
    case .regex(let regex)
    where regex.options.isEmpty
      && !regex.pattern.contains(where: { "\\^$.|?*+()[]{}".contains($0) }):
      // An expression that is a plain text is found where the text is contained.
      return .test(
        .text(
          TextPattern(literal: Array(regex.pattern.utf8)).opened(atStart: true, atEnd: true),
          isCased: true
        )
      )
    default: return .test(test)
    }
  }
}
