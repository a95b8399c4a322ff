import VedetteEvent
import VedetteFindings

/// Words that several renderers use.
enum Wording {
  /// Returns `9 min`: a stretch of time in its largest sensible unit.
  static func duration(_ nanoseconds: Int64) -> String {
    let seconds = max(0, nanoseconds) / 1_000_000_000
    return switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7_200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3_600) h"
    default: "\(seconds / 86_400) d"
    }
  }

  /// Returns `1 event`, `2 events`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  /// Returns `a, b +3 more`.
  static func list(_ values: [String], most: Int) -> String {
    let shown = values.prefix(most).joined(separator: ", ")
    return values.count > most ? "\(shown) +\(values.count - most) more" : shown
  }

  /// Returns `a, b and c`, or `a, b and 3 others`.
  static func sentence(_ values: [String], most: Int) -> String {
    guard values.count > 1 else { return values.first ?? "" }
    let shown = values.count > most ? Array(values.prefix(most)) : Array(values.dropLast())
    let rest = values.count - shown.count
    let last = rest == 1 ? values[values.count - 1] : "\(rest) others"
    return shown.joined(separator: ", ") + " and " + last
  }

  /// Returns a sentence without its full stop, to go on with.
  static func clause(_ text: String) -> String {
    text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  /// Returns an entity's value as a terminal shows it: of a key no more than tells it from others.
  static func masked(_ entity: EntityKey) -> String {
    let value = TerminalText.visible(entity.value)
    guard isKey(entity), value.count > 8 else { return value }
    return "\(value.prefix(4))..\(value.suffix(2))"
  }

  /// The ATLAS techniques, then those of ATT&CK.
  static func split(_ techniques: [String]) -> (atlas: [String], attack: [String]) {
    (techniques.filter { $0.hasPrefix("AML.") }, techniques.filter { !$0.hasPrefix("AML.") })
  }

  /// Returns a word as a shell reads it, or `nil` if it can't be shown as it is.
  static func shellWord(_ text: String) -> String? {
    guard !text.isEmpty, TerminalText.visible(text) == text else { return nil }
    let isPlain = text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || "_-./:@%+=,".utf8.contains(byte)
    }
    if isPlain { return text }
    var quoted = "'"
    for character in text { quoted += character == "'" ? "'\\''" : String(character) }
    return quoted + "'"
  }

  /// Whether a value is a key rather than a name: an access key's id, or what looks like a secret.
  private static func isKey(_ entity: EntityKey) -> Bool {
    switch entity.type {
    case .accessKey: true
    case .apiKey:
      entity.value.hasPrefix("sk-")
        || (entity.value.utf8.count >= 20 && entity.value.allSatisfy { $0.isLetter || $0.isNumber })
    case .ip, .user, .host, .principal, .tenant, .team, .model, .service: false
    }
  }
}
