import FoundationEssentials
import GRDB
import VedetteEvent
import VedetteFindings

extension Database {
  /// Runs a statement that is prepared once for each connection.
  func run(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws {
    try cachedStatement(sql: sql).execute(arguments: StatementArguments(values))
  }

  /// Returns the first row of a statement that is prepared once for each connection.
  func row(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws -> Row? {
    try Row.fetchOne(try cachedStatement(sql: sql), arguments: StatementArguments(values))
  }

  /// Returns all rows of a statement that is prepared once for each connection.
  func rows(_ sql: String, _ values: [(any DatabaseValueConvertible)?] = []) throws -> [Row] {
    try Row.fetchAll(try cachedStatement(sql: sql), arguments: StatementArguments(values))
  }

  /// Returns a number, or `nil` if there is no row or no value.
  func number(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws -> Int64? {
    try Int64.fetchOne(try cachedStatement(sql: sql), arguments: StatementArguments(values))
  }
}

extension String {
  /// The text as it is stored and looked for.
  ///
  /// SQLite's text ends at a NUL byte as it is bound here, and a log may hold one: two accounts
  /// could then look the same.
  var stored: DatabaseValue {
    utf8.contains(0) ? Data(utf8).databaseValue : databaseValue
  }
}

extension [UInt8] {
  /// The bytes as they are stored.
  var stored: DatabaseValue { Data(self).databaseValue }
}

extension EventTime {
  /// The time as it is stored.
  var stored: DatabaseValue { nanosecondsSinceEpoch.databaseValue }
}

extension UInt64 {
  /// The bits as they are stored: SQLite's integers have a sign.
  var stored: DatabaseValue { Int64(bitPattern: self).databaseValue }
}

extension Row {
  func text(_ column: String) -> String { optionalText(column) ?? "" }

  func optionalText(_ column: String) -> String? {
    let value: DatabaseValue = self[column]
    return switch value.storage {
    case .string(let text): text
    case .blob(let bytes): String(decoding: bytes, as: UTF8.self)
    case .null, .int64, .double: nil
    }
  }

  func int(_ column: String) -> Int {
    let value: Int64? = self[column]
    return Int(value ?? 0)
  }

  func optionalInt(_ column: String) -> Int? {
    let value: Int64? = self[column]
    return value.map { Int($0) }
  }

  func bits(_ column: String) -> UInt64 { UInt64(bitPattern: Int64(int(column))) }

  func bytes(_ column: String) -> [UInt8] {
    let value: DatabaseValue = self[column]
    guard case .blob(let bytes) = value.storage else { return [] }
    return [UInt8](bytes)
  }

  func time(_ column: String) -> EventTime {
    EventTime(nanosecondsSinceEpoch: Int64(int(column)))
  }

  func optionalTime(_ column: String) -> EventTime? {
    let value: Int64? = self[column]
    return value.map { EventTime(nanosecondsSinceEpoch: $0) }
  }

  /// Reads what must be one of a few words.
  func word<Word: RawRepresentable<String>>(_ column: String) throws -> Word {
    guard let word = Word(rawValue: text(column)) else { throw unexpected(column) }
    return word
  }

  func severity(_ column: String) throws -> Severity {
    guard let severity = Severity(name: text(column)) else { throw unexpected(column) }
    return severity
  }

  func id(_ column: String) throws -> FindingID {
    guard let id = FindingID(hex: text(column)) else { throw unexpected(column) }
    return id
  }

  /// What is said of a value that nobody of ours wrote.
  private func unexpected(_ column: String) -> UnexpectedValue {
    UnexpectedValue(column: column, value: text(column))
  }
}

/// A value that nobody of ours wrote.
struct UnexpectedValue: Error, CustomStringConvertible {
  let column: String
  let value: String
  var description: String { "'\(value)' in column '\(column)'" }
}
