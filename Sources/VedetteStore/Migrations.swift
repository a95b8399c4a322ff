import GRDB

/// Brings a database up to date, or says why it can't be used.
struct Migrations {
  let path: String
  let writtenBy: String

  /// Checks that the file is one of ours and of a version that is known here.
  func check(_ db: Database, mayMigrate: Bool) throws {
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    guard version > 0 || application != 0 else {
      let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
      guard tables == 0 else { throw StoreError(.notOurs, path: path) }
      guard mayMigrate else { throw StoreError(.missing, path: path) }
      return
    }
    guard application == Schema.applicationID else { throw StoreError(.notOurs, path: path) }
    guard version <= Schema.version else {
      let newer = try? String.fetchOne(
        db,
        sql: "SELECT value FROM vedette WHERE name = 'written_by'"
      )
      throw StoreError(
        .newerSchema(
          found: version,
          known: Schema.version,
          writtenBy: newer ?? "a newer version of vedette"
        ),
        path: path
      )
    }
    guard version == Schema.version || mayMigrate else {
      throw StoreError(.olderSchema(found: version, known: Schema.version), path: path)
    }
  }

  /// Reads the whole file and checks that it is put together as it should be.
  func checkSoundness(_ db: Database) throws {
    let findings = try String.fetchAll(db, sql: "PRAGMA quick_check(1)")
    guard findings == ["ok"] else {
      throw StoreError(.corrupt(findings.first ?? "no answer from quick_check"), path: path)
    }
  }

  /// Brings the database up to date, as a whole or not at all.
  func migrate(_ db: Database) throws {
    // Not inside a transaction: the journal's mode can't change there.
    let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
    guard mode == "wal" else {
      throw StoreError(.notPermitted("the log beside the file can't be made"), path: path)
    }
    try db.inTransaction(.immediate) {
      let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      guard version < Schema.version else { return .commit }
      for migration in Schema.migrations[version...] { try db.execute(sql: migration) }
      try db.execute(
        sql: "INSERT OR REPLACE INTO vedette VALUES ('written_by', ?)",
        arguments: [writtenBy]
      )
      try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
      try db.execute(sql: "PRAGMA user_version = \(Schema.version)")
      return .commit
    }
  }
}
