import GRDB
import GRDBSQLite
import VedetteEvent

/// A statement that many rows are written with, prepared once for a commit.
///
/// GRDB boxes each value and collects them in a list of its own, which for a short row costs more
/// than what SQLite does with it. Here the values go to SQLite as they are. This is the one file
/// that calls SQLite's interface; it makes errors GRDB's, which the rest of the store knows.
struct RowStatement {
  /// What one column is given.
  enum Value {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])

    static func number(_ number: Int) -> Value { .integer(Int64(number)) }
    static func flag(_ flag: Bool) -> Value { .integer(flag ? 1 : 0) }
    static func time(_ time: EventTime) -> Value { .integer(time.nanosecondsSinceEpoch) }
    static func time(_ time: EventTime?) -> Value { time.map { .time($0) } ?? .null }
    static func text(_ text: String?) -> Value { text.map { .text($0) } ?? .null }
    static func key(_ key: Int64?) -> Value { key.map { .integer($0) } ?? .null }
  }

  private let statement: Statement
  private let db: Database

  init(_ db: Database, _ sql: String) throws {
    self.db = db
    statement = try db.cachedStatement(sql: sql)
  }

  /// Runs the statement.
  ///
  /// - Parameter values: One for each parameter, in their order.
  /// - Throws: `DatabaseError`, as GRDB would.
  func run(_ values: [Value]) throws {
    // Safety: the statement is prepared as long as `statement` lives, and its connection is used
    // by one thread at a time. SQLite copies what it is given before the call returns.
    let handle = unsafe statement.sqliteStatement
    var code = SQLITE_OK
    for (index, value) in values.enumerated() where code == SQLITE_OK {
      code = unsafe Self.bind(value, to: handle, at: Int32(index + 1))
    }
    if code == SQLITE_OK { code = unsafe sqlite3_step(handle) }
    // What resetting returns is what stepping returned.
    unsafe sqlite3_reset(handle)
    guard code == SQLITE_DONE || code == SQLITE_ROW else {
      let message = unsafe db.sqliteConnection.map { unsafe String(cString: sqlite3_errmsg($0)) }
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code),
        message: message,
        sql: statement.sql
      )
    }
  }

  private static func bind(_ value: Value, to handle: OpaquePointer, at index: Int32) -> Int32 {
    // SQLite's text ends at a NUL byte as it is bound here, so such a text is stored as bytes.
    switch value {
    case .null: return unsafe sqlite3_bind_null(handle, index)
    case .integer(let number): return unsafe sqlite3_bind_int64(handle, index, number)
    case .text(let text) where text.utf8.contains(0):
      return unsafe bind(.bytes(Array(text.utf8)), to: handle, at: index)
    case .text(var text):
      let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
      return text.withUTF8 { bytes in
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
          return unsafe sqlite3_bind_text(handle, index, "", 0, copied)
        }
        return unsafe base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
          unsafe sqlite3_bind_text(handle, index, $0, Int32(bytes.count), copied)
        }
      }
    case .bytes(let bytes):
      let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
      return unsafe bytes.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress, unsafe !bytes.isEmpty else {
          return unsafe sqlite3_bind_zeroblob(handle, index, 0)
        }
        return unsafe sqlite3_bind_blob(handle, index, base, Int32(bytes.count), copied)
      }
    }
  }
}
