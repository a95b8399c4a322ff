import FoundationEssentials
import GRDB
import Synchronization

/// The database: incidents and all that is needed to go on after a stop, however it came about.
///
/// SQLite in write-ahead mode, flushed at each commit. One process at a time runs the pipeline on
/// it; any number read and decide about incidents meanwhile.
///
/// ```swift
/// let store = try IncidentStore.open("vedette.db", for: .pipeline, writtenBy: "vedette 1.0")
/// try store.commit(batch)
/// try store.close()
/// ```
public final class IncidentStore: Sendable {
  /// What a database is opened for.
  public enum Purpose: Sendable, Hashable {
    /// Reading; the database must be there.
    case reading
    /// Reading and deciding about incidents, also while a pipeline runs; it must be there.
    case triage
    /// Running the pipeline: it is made if it is not there, and nobody else may run on it.
    case pipeline
    /// Taking rows away for good: it must be there, and no pipeline may run on it.
    case maintenance

    var isExclusive: Bool { self == .pipeline || self == .maintenance }
  }

  /// Seconds that a write waits for another process's.
  public static let busySecondsMax = 10

  /// The path as it was given.
  public let path: String
  /// What is not safe about where it is, and what was found out about the last stop; a line each.
  public let warnings: [String]

  /// Nothing once closed: a use of a connection after it was closed would be one of freed memory,
  /// so whoever still reads keeps it open.
  private let queue: Mutex<DatabaseQueue?>
  private let lock: RunLock?

  /// Opens a database.
  ///
  /// - Parameters:
  ///   - path: Its path.
  ///   - purpose: What it is opened for.
  ///   - writtenBy: The program and version that opens it: told to an older one that finds the
  ///     file too new.
  ///   - busySeconds: How long a write waits for another process's.
  /// - Returns: The open database.
  /// - Throws: ``StoreError`` if it is not there, not safe to open, not ours, newer, or damaged.
  public static func open(
    _ path: String,
    for purpose: Purpose,
    writtenBy: String,
    busySeconds: Int = busySecondsMax
  ) throws(StoreError) -> IncidentStore {
    let file = DatabaseFile(path: path)
    var lock: RunLock?
    if purpose == .pipeline {
      try file.make()
    } else {
      try file.checkExists(forWriting: purpose != .reading)
    }
    if purpose.isExclusive { lock = try RunLock(file) }
    var warnings = try file.warnings()
    let store = try translating(path) {
      let queue = try DatabaseQueue(
        path: file.sqlitePath,
        configuration: configuration(purpose, busySeconds: busySeconds)
      )
      let migrations = Migrations(path: path, writtenBy: writtenBy)
      try queue.writeWithoutTransaction { db in
        try migrations.check(db, mayMigrate: purpose.isExclusive)
        if let process = lock?.abandonedBy {
          try migrations.checkSoundness(db)
          warnings.append("process \(process) ended without closing '\(path)'; it is sound")
        }
        if purpose.isExclusive { try migrations.migrate(db) }
      }
      return IncidentStore(path: path, warnings: warnings, queue: queue, lock: lock)
    }
    lock?.begin()
    return store
  }

  private init(path: String, warnings: [String], queue: DatabaseQueue, lock: RunLock?) {
    self.path = path
    self.warnings = warnings
    self.queue = Mutex(queue)
    self.lock = lock
  }

  /// Writes what is still in the log beside the file into the file, and closes it.
  ///
  /// - Throws: ``StoreError`` if that does not work; what was committed is safe all the same.
  public func close() throws(StoreError) {
    guard let queue = queue.withLock({ $0.take() }) else { return }
    try endPipeline(queue)
  }

  /// Ends the pipeline's work in an orderly way; the database can still be read.
  ///
  /// - Throws: ``StoreError`` if that does not work; what was committed is safe all the same.
  public func endPipeline() throws(StoreError) { try endPipeline(try open()) }

  private func endPipeline(_ queue: DatabaseQueue) throws(StoreError) {
    guard let lock else { return }
    try Self.translating(path) {
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA optimize")
        _ = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      }
    }
    lock.end(orderly: true)
  }

  /// Notes for `doctor` why nothing can be written for now, or that it can again.
  ///
  /// - Parameter error: What is in the way, or `nil`.
  public func noteWaiting(_ error: StoreError?) { lock?.note(error?.description) }

  /// Says what is known from outside of the pipeline that runs on a database.
  ///
  /// - Parameter path: The database.
  /// - Returns: What its process is and does, or `nil` if none does or did without closing.
  public static func runState(_ path: String) -> RunState? {
    RunLock.state(DatabaseFile(path: path))
  }

  /// Looks through the whole database for damage.
  ///
  /// - Throws: ``StoreError`` if there is any.
  public func checkSoundness() throws(StoreError) {
    try read { try Migrations(path: path, writtenBy: "").checkSoundness($0) }
  }

  /// Tries whether the database could be written to, and changes nothing.
  ///
  /// - Throws: ``StoreError`` if it can't be.
  public func checkWritable() throws(StoreError) {
    let queue = try open()
    try Self.translating(path) {
      try queue.writeWithoutTransaction { db in
        try db.inTransaction(.immediate) { .rollback }
      }
    }
  }

  /// Reads in one view of the database, whatever is written meanwhile.
  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    let queue = try open()
    return try Self.translating(path) { try queue.read(body) }
  }

  /// Writes in one transaction, which takes the right to write at once.
  ///
  /// A transaction that begins by reading could find at its first write that another process wrote
  /// in between, and then would have to begin again.
  func write<Value>(
    keeps: Bool = true,
    _ body: (Database) throws -> Value
  ) throws(StoreError) -> Value {
    let queue = try open()
    return try Self.translating(path) {
      try queue.writeWithoutTransaction { db in
        var value: Value?
        try db.inTransaction(.immediate) {
          value = try body(db)
          return keeps ? .commit : .rollback
        }
        guard let value else { preconditionFailure("a transaction that commits has run its body") }
        return value
      }
    }
  }

  /// Writes the whole file anew and empties the log beside it: nothing of what was deleted stays.
  func rewrite() throws(StoreError) {
    let queue = try open()
    try Self.translating(path) {
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "VACUUM")
        _ = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      }
    }
  }

  /// Runs SQL outside a transaction: settings, and in tests what brings about faults.
  func execute(_ sql: String) throws(StoreError) {
    let queue = try open()
    try Self.translating(path) {
      try queue.writeWithoutTransaction { db in try db.execute(sql: sql) }
    }
  }

  private func open() throws(StoreError) -> DatabaseQueue {
    guard let queue = queue.withLock({ $0 }) else { throw StoreError(.closed, path: path) }
    return queue
  }

  private static func configuration(_ purpose: Purpose, busySeconds: Int) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = purpose == .reading
    configuration.busyMode = .timeout(Double(busySeconds))
    configuration.prepareDatabase { db in
      // A file from elsewhere may define views and triggers that call functions.
      try db.execute(sql: "PRAGMA trusted_schema = OFF")
      try db.execute(sql: "PRAGMA cell_size_check = ON")
      try db.execute(sql: "PRAGMA temp_store = MEMORY")
      // Of one large commit less is written out and read back: SQLite's own 2 MiB are soon full.
      try db.execute(sql: "PRAGMA cache_size = -8192")
      guard purpose != .reading else { return }
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
    }
    return configuration
  }

  private static func translating<Value>(
    _ path: String,
    _ body: () throws -> Value
  ) throws(StoreError) -> Value {
    do {
      return try body()
    } catch {
      throw StoreError(error, path: path)
    }
  }
}
