import VedetteDocuments
import VedetteEvent

extension LintCheck {
  private static let comparedMax = 200
  private static let comparedBytesMax = 1 << 16

  /// The values of a detection, whatever they are.
  static let valueChecks: [LintCheck] = [
    LintCheck(
      "repeated-value",
      .warning,
      """
      A value is listed twice, perhaps in other capitals, which do not count. It costs time in \
      every event and hides that another value may be missing. The fix removes the later one.
      """
    ) { subject in
      subject.items.flatMap { item -> [LintIssue] in
        guard item.values.count > 1 else { return [] }
        let minds = item.has("cased", "re", "base64", "base64offset")
        // Bytes, because texts of other bytes can be equal by Unicode and match other events.
        var seen: Set<[UInt8]> = []
        return item.values.compactMap { value in
          var key = Array(value.scalar.text.utf8)
          if case .text = value.scalar.value, !minds { key = CaseFolding.folded(key) }
          if case .null = value.scalar.value { key = [0] }
          guard !seen.insert(key).inserted else { return nil }
          return LintIssue(
            value.position,
            "value '\(shown(value.scalar.text))' is listed twice; list it once",
            fix: subject.source.removal(at: value.position, value.scalar.text)
          )
        }
      }
    },
    item(
      "contained-value",
      .note,
      """
      Where one value holds whenever another does, the other is needless: who contains 'libcurl' \
      contains 'curl'. It costs time and suggests a difference that is not there.
      """
    ) { item, _ in
      guard
        item.modifiers == ["contains"] || item.modifiers == ["startswith"]
          || item.modifiers == ["endswith"],
        item.values.count > 1, item.values.count <= comparedMax
      else { return nil }
      let texts = item.values.map { $0.pattern?.plain.map(CaseFolding.folded) ?? [] }
      guard texts.reduce(0, { $0 + $1.count }) <= comparedBytesMax else { return nil }
      for (index, long) in texts.enumerated() {
        let short = texts.first { short in
          !short.isEmpty && short.count < long.count && covers(short, long, item.modifiers[0])
        }
        guard let short else { continue }
        let text = String(decoding: short, as: UTF8.self)
        return LintIssue(
          item.values[index].position,
          "'\(shown(item.values[index].scalar.text))' is needless beside '\(shown(text))'"
        )
      }
      return nil
    },
    item(
      "any-value-in-list",
      .warning,
      """
      '*' holds for every value, so that the others of the list say nothing: the item asks only \
      that the field is there. Remove '*', or the rest.
      """
    ) { item, _ in
      guard item.values.count > 1, !item.has("all"), item.isText,
        let value = item.values.first(where: { $0.pattern?.isAny == true })
      else { return nil }
      return LintIssue(
        value.position,
        "'*' makes the other values of the list needless; remove it or them"
      )
    },
    value(
      "number-as-text",
      .warning,
      """
      Without quotes this is a number, and compares by its shortest text: 1.10 becomes '1.1' and \
      007 becomes '7'. If the event has the text as it is written here, put it in quotes.
      """
    ) { value, item, _ in
      guard item.isText else { return nil }
      let text: String
      switch value.scalar.value {
      case .integer(let number): text = String(number)
      case .number(let number): text = String(number)
      default: return nil
      }
      guard text != value.scalar.text else { return nil }
      return LintIssue(
        value.position,
        "\(value.scalar.text) compares as '\(text)'; put it in quotes to keep it"
      )
    },
    value(
      "ambiguous-truth",
      .note,
      """
      yes, no, on and off without quotes are texts in YAML 1.2, which Vedette reads, and truth \
      values in YAML 1.1, which most Sigma tools read: the rule means two things. The fix puts \
      quotes around it.
      """
    ) { value, item, subject in
      guard value.scalar.isPlain,
        ["yes", "no", "on", "off"].contains(value.scalar.text.lowercased())
      else { return nil }
      return LintIssue(
        value.position,
        "\(value.scalar.text) is a truth value for other tools; put it in quotes",
        fix: subject.source.quoted(value.position, value.scalar.text)
      )
    },
    value(
      "null-as-text",
      .warning,
      """
      In quotes 'null' is a text of four letters. An absent field is asked for by null without \
      quotes, or with 'exists'.
      """
    ) { value, item, _ in
      guard !item.field.isEmpty, item.modifiers.isEmpty, !value.scalar.isPlain,
        ["null", "~"].contains(value.scalar.text.lowercased())
      else { return nil }
      return LintIssue(
        value.position,
        "'\(value.scalar.text)' in quotes is a text; write null without for an absent field"
      )
    },
    value(
      "network-with-host-bits",
      .warning,
      """
      The address has bits beyond its prefix: 10.0.0.5/8 is the network 10.0.0.0/8. Either the \
      prefix is wrong, and the rule looks at millions of addresses too many, or the address is.
      """
    ) { value, item, _ in
      guard item.has("cidr"), let network = CIDRBlock(value.scalar.text),
        let address = value.scalar.text.split(separator: "/").first.map(String.init),
        let written = IPAddress(address), written != network.base
      else { return nil }
      return LintIssue(
        value.position,
        "'\(value.scalar.text)' is the network \(network); correct address or prefix"
      )
    },
    value(
      "network-of-everything",
      .warning,
      "A prefix of 0 holds every address, so that the item asks only whether the field is one."
    ) { value, item, _ in
      guard item.has("cidr"), let network = CIDRBlock(value.scalar.text),
        network.prefixLength == 0
      else { return nil }
      return LintIssue(
        value.position,
        "'\(value.scalar.text)' holds every address; write the network that is meant"
      )
    },
    item(
      "network-as-text",
      .note,
      """
      An address compared as text matches what only looks alike: '10.1' begins 10.100.0.1 too, and \
      172.16.0.0/12 takes sixteen prefixes to say. Write the network with 'cidr'.
      """
    ) { item, _ in
      let field = item.field.lowercased()
      guard item.has("startswith"), field.hasSuffix("ip") || field.contains("addr"),
        let value = item.values.first(where: { isPrefixOfAddress($0.scalar.text) })
      else { return nil }
      return LintIssue(
        value.position,
        "'\(value.scalar.text)' is the beginning of an address; write a network with 'cidr'"
      )
    },
  ]

  private static func covers(_ short: [UInt8], _ long: [UInt8], _ modifier: String) -> Bool {
    switch modifier {
    case "startswith": long.starts(with: short)
    case "endswith": long.reversed().starts(with: short.reversed())
    default: PatternMatcher.matches(long.span, [.anyRun, .bytes(short), .anyRun])
    }
  }

  static func folded(_ text: String) -> String {
    String(decoding: CaseFolding.folded(Array(text.utf8)), as: UTF8.self)
  }

  /// The beginning of a value, for a message.
  static func shown(_ text: String) -> String {
    text.count > 60 ? text.prefix(60) + "…" : text
  }

  /// Whether a text is one to three numbers of up to 255 with dots, the last one a dot.
  private static func isPrefixOfAddress(_ text: String) -> Bool {
    guard text.hasSuffix("."), text.count > 2 else { return false }
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    return (1...3).contains(parts.count)
      && parts.allSatisfy { part in UInt8(part) != nil && part.utf8.allSatisfy(isDigit) }
  }
}
