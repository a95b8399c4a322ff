import FoundationEssentials
import GRDB

/// Where a name stands in bytes.
enum Mentions {
  /// Says whether a name occurs anywhere.
  static func occurs(_ name: [UInt8], in bytes: [UInt8]) -> Bool {
    guard let first = name.first, bytes.count >= name.count else { return false }
    for start in 0...bytes.count - name.count
    where bytes[start] == first && bytes[start..<start + name.count].elementsEqual(name) {
      return true
    }
    return false
  }

  /// Returns the bytes with a mark in place of a name wherever it stands by itself, or `nil` if it
  /// does nowhere: `root` is not part of `chroot`.
  static func blanked(_ name: [UInt8], in bytes: [UInt8]) -> [UInt8]? {
    guard let first = name.first, bytes.count >= name.count else { return nil }
    var result: [UInt8] = []
    var copied = 0
    var start = 0
    while start <= bytes.count - name.count {
      let end = start + name.count
      guard bytes[start] == first, bytes[start..<end].elementsEqual(name),
        start == 0 || !isInWord(bytes[start - 1]) || !isInWord(first),
        end == bytes.count || !isInWord(bytes[end]) || !isInWord(name[name.count - 1])
      else {
        start += 1
        continue
      }
      result += bytes[copied..<start] + mark
      start = end
      copied = end
    }
    return copied == 0 ? nil : result + bytes[copied...]
  }

  private static let mark = Array("[purged]".utf8)

  private static func isInWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 0x80...: true
    default: false
    }
  }
}

/// Blanks a name in the texts and records of what stays.
struct MentionBlanker {
  private let db: Database
  /// The name as it stands in texts, and as it stands in JSON if that is another way.
  private let forms: [[UInt8]]

  init(_ db: Database, _ name: String) {
    self.db = db
    let inList = StoredJSON.list([name]).dropFirst(2).dropLast(2)
    forms = [Array(name.utf8)] + (inList == name ? [] : [Array(inList.utf8)])
  }

  /// Blanks the name and returns in how many texts and records it stood.
  func blank() throws -> Int {
    var count = 0
    for (table, key, columns) in Self.places {
      for column in columns { count += try blank(table, key, column) }
    }
    return count
  }

  private static let places: [(table: String, key: String, columns: [String])] = [
    ("incident", "incident_key", ["title", "narrative", "risk_terms", "owner"]),
    ("finding", "finding_key", ["title", "explanation", "rule_title"]),
    ("finding_event", "finding_event_key", ["raw"]),
    ("dead_letter", "dead_letter_key", ["raw"]),
  ]

  private func blank(_ table: String, _ key: String, _ column: String) throws -> Int {
    let holds = forms.map { _ in "instr(CAST(\(column) AS BLOB), ?) > 0" }.joined(separator: " OR ")
    let sql = "SELECT \(key), \(column) FROM \(table) WHERE \(holds)"
    var count = 0
    for row in try db.rows(sql, forms.map(\.stored)) {
      let value: DatabaseValue = row[column]
      var bytes: [UInt8]
      let isText: Bool
      switch value.storage {
      case .string(let text): (bytes, isText) = (Array(text.utf8), true)
      case .blob(let data): (bytes, isText) = (Array(data), false)
      case .null, .int64, .double: continue
      }
      var isChanged = false
      for form in forms {
        guard let next = Mentions.blanked(form, in: bytes) else { continue }
        (bytes, isChanged) = (next, true)
      }
      guard isChanged else { continue }
      let number: Int64 = row[key]
      let new = isText ? String(decoding: bytes, as: UTF8.self).databaseValue : bytes.stored
      let whole = table == "finding_event" ? ", is_whole = 0" : ""
      try db.run("UPDATE \(table) SET \(column) = ?\(whole) WHERE \(key) = ?", [new, number])
      count += 1
    }
    return count
  }
}
