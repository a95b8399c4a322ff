public import VedetteEvent
import VedetteColumns
import VedetteFindings
import VedetteIngest
import VedetteNormalize

/// What is known of one logical source: counts, times, formats.
public struct SourceRecord: Sendable, Hashable {
  /// The logical source.
  public var source: SourceID
  /// Each file's format and why, in the order in which the files came.
  public var formats: [String: FormatChoice] = [:]
  /// Records read.
  public var recordCount = 0
  /// Events made of them.
  public var eventCount = 0
  /// Bytes of the records.
  public var byteCount = 0
  /// Records that could not be read, by reason.
  public var deadLetters: [String: Int] = [:]
  /// What a listener or a journal lost, by reason.
  public var losses: [String: Int] = [:]
  /// Why it can't be read now, if it can't.
  public var problem: String?
  /// Events whose time could not be read.
  public var timelessCount = 0
  /// Events that came behind the watermark.
  public var lateCount = 0
  /// Fields left out because a limit was reached.
  public var droppedFieldCount = 0
  /// The oldest event time.
  public var firstEvent: EventTime?
  /// The newest event time.
  public var lastEvent: EventTime?
  /// How far behind its newest event the source may be.
  public var latenessNanoseconds: Int64 = 0
  /// What is older is passed over, because the source was to begin there.
  public var start: EventTime?
  /// Records passed over because they are older than ``start``.
  public var passedOverCount = 0

  /// The number of dead letters.
  public var deadLetterCount: Int { deadLetters.values.reduce(0, +) }

  /// The event time before which nothing more is expected.
  public var watermark: EventTime? {
    lastEvent?.advanced(byNanoseconds: -latenessNanoseconds)
  }
}

/// Counts what each source gave and resolves its years.
struct SourceLedger {
  static let stateName = "sources"
  private static let version = 3
  private static let versions = 1...3

  /// The sources, by name.
  private(set) var records: [SourceID: SourceRecord] = [:]
  private var ordinals: [SourceID: Int64] = [:]
  private var years: [SourceID: YearResolver] = [:]
  private var resumedYears: [SourceID: YearResolver.State] = [:]
  private var changed: Set<SourceID> = []
  /// Where sources begin that were never seen before, or `nil` for wherever they do.
  var startOfNewSources: EventTime?

  /// Moves times that lack a year into theirs.
  mutating func resolveYears(_ parsed: ParsedChunk) -> EventBatch {
    let batch = parsed.normalized.batch
    guard batch.yearless.count > 0 else { return batch }
    let fresh = years[batch.source] ?? resolver(for: parsed)
    return years[batch.source, default: fresh].resolve(batch)
  }

  /// Returns what is left of a chunk without the records that are older than where its source was
  /// to begin, and counts those; or `nil` if all of it is to be taken.
  mutating func since(start parsed: ParsedChunk) -> SourceChunk? {
    let source = parsed.normalized.batch.source
    // A chunk that only carries the state of files makes no source known.
    if let time = startOfNewSources, !parsed.origin.chunk.records.isEmpty,
      (records[source]?.recordCount ?? 0) == 0, records[source]?.start == nil
    {
      records[source, default: SourceRecord(source: source)].start = time
    }
    guard let start = records[source]?.start else { return nil }
    guard let rest = parsed.since(start, in: resolveYears(parsed)) else { return nil }
    let count = parsed.origin.chunk.records.count - rest.chunk.records.count
    records[source]?.passedOverCount += count
    changed.insert(source)
    return rest
  }

  /// The years of a source whose first chunk without them this is, or that goes on after a restart.
  private func resolver(for parsed: ParsedChunk) -> YearResolver {
    if let state = resumedYears[parsed.origin.chunk.source] {
      return YearResolver(resuming: state, zone: parsed.origin.zone)
    }
    return YearResolver(startYear: parsed.origin.startYear, zone: parsed.origin.zone)
  }

  /// Takes away times that are further ahead than a clock may run, and counts them.
  mutating func withoutFuture(_ batch: EventBatch, after limit: EventTime) -> EventBatch {
    guard let newest = batch.newestTime, newest > limit.nanosecondsSinceEpoch else { return batch }
    var timed = batch.timed
    batch.timed.forEachRow { row in
      guard batch.times[row] > limit.nanosecondsSinceEpoch else { return }
      timed.clear(row)
      records[batch.source, default: SourceRecord(source: batch.source)].timelessCount += 1
    }
    return batch.with(times: batch.times, timed: timed)
  }

  /// Counts a chunk.
  ///
  /// - Parameters:
  ///   - parsed: The chunk.
  ///   - batch: Its events with their years.
  ///   - strayCount: How many of its times were taken back by what followed.
  /// - Returns: The number of the batch's first row in its logical source.
  mutating func count(
    _ parsed: ParsedChunk,
    batch: EventBatch,
    strayCount: Int = 0
  ) -> Int64 {
    let source = batch.source
    var record = records[source] ?? SourceRecord(source: source)
    let normalized = parsed.normalized
    record.formats[batch.path] = parsed.origin.choice
    record.recordCount += normalized.recordCount
    record.eventCount += batch.rowCount
    record.byteCount += parsed.origin.chunk.records.reduce(0) { $0 + $1.length }
    for (reason, count) in normalized.countsByReason {
      record.deadLetters[reason, default: 0] += count
    }
    for (loss, count) in parsed.origin.losses {
      record.losses[loss.rawValue, default: 0] += count
    }
    record.timelessCount += normalized.timelessCount + strayCount
    record.droppedFieldCount += normalized.droppedFieldCount
    record.latenessNanoseconds = parsed.origin.latenessNanoseconds
    var newest = record.lastEvent?.nanosecondsSinceEpoch ?? .min
    var oldest = record.firstEvent?.nanosecondsSinceEpoch ?? .max
    batch.timed.forEachRow { row in
      let time = batch.times[row]
      if newest != .min,
        EventTime(nanosecondsSinceEpoch: newest).nanoseconds(
          since: EventTime(nanosecondsSinceEpoch: time)
        ) > record.latenessNanoseconds
      {
        record.lateCount += 1
      }
      newest = max(newest, time)
      oldest = min(oldest, time)
    }
    if newest != .min {
      record.lastEvent = EventTime(nanosecondsSinceEpoch: newest)
      record.firstEvent = EventTime(nanosecondsSinceEpoch: oldest)
    }
    records[source] = record
    changed.insert(source)
    let first = ordinals[source] ?? 0
    ordinals[source] = first + Int64(batch.rowCount)
    return first
  }

  /// Notes whether a source can be read.
  ///
  /// - Returns: Whether that is news to it.
  mutating func note(_ event: SourceEvent) -> Bool {
    let problem: String?
    switch event.kind {
    case .unreadable(let found): problem = found.cause + (found.remedy.map { "; " + $0 } ?? "")
    case .gone: problem = "it is gone"
    case .readable: problem = nil
    case .truncated, .overwritten, .polling: return false
    }
    guard records[event.source] != nil || IntakeAddress.isMeant(by: event.source.name) else {
      return false
    }
    records[event.source, default: SourceRecord(source: event.source)].problem = problem
    return true
  }

  /// The sources, ordered by name.
  var sorted: [SourceRecord] { records.values.sorted { $0.source < $1.source } }

  /// Returns the sources that changed since the last call, as state and as they are.
  mutating func changes() -> [StateRow] {
    let rows = changed.sorted().map { source in
      var writer = StateWriter()
      writer.write(Self.version)
      write(source, to: &writer)
      return StateRow(
        detector: Self.stateName,
        shard: Int(StableHash.of(source.name) % 64),
        key: source.name,
        bytes: writer.bytes
      )
    }
    changed.removeAll()
    return rows
  }

  /// Takes up saved state.
  mutating func restore(_ rows: [StateRow]) throws(StateError) {
    for row in rows {
      guard let bytes = row.bytes else { continue }
      var reader = StateReader(bytes)
      let version = try reader.integer()
      guard Self.versions.contains(version) else { throw .version(version) }
      try read(SourceID(row.key), version: version, from: &reader)
    }
  }

  private func write(_ source: SourceID, to writer: inout StateWriter) {
    let record = records[source] ?? SourceRecord(source: source)
    writer.write(ordinals[source] ?? 0)
    writer.write(years[source]?.state) { writer, state in
      writer.write(state.year)
      writer.write(state.startedYears)
      writer.write(state.previous) { $0.write($1) }
    }
    for number in [
      record.recordCount, record.eventCount, record.byteCount, record.timelessCount,
      record.lateCount, record.droppedFieldCount,
    ] { writer.write(number) }
    writer.write(record.latenessNanoseconds)
    writer.write(record.firstEvent) { $0.write($1.nanosecondsSinceEpoch) }
    writer.write(record.lastEvent) { $0.write($1.nanosecondsSinceEpoch) }
    writer.write(record.start) { $0.write($1.nanosecondsSinceEpoch) }
    writer.write(record.passedOverCount)
    writer.write(record.losses.sorted { $0.key < $1.key }) { writer, entry in
      writer.write(entry.key)
      writer.write(entry.value)
    }
    writer.write(record.deadLetters.sorted { $0.key < $1.key }) { writer, entry in
      writer.write(entry.key)
      writer.write(entry.value)
    }
    writer.write(record.formats.sorted { $0.key < $1.key }) { writer, entry in
      writer.write(entry.key)
      writer.write(entry.value.format.rawValue)
      writer.write(entry.value.reason)
    }
  }

  private mutating func read(
    _ source: SourceID,
    version: Int,
    from reader: inout StateReader
  ) throws(StateError) {
    var record = SourceRecord(source: source)
    ordinals[source] = try reader.signed()
    resumedYears[source] = try reader.optional { reader throws(StateError) in
      YearResolver.State(
        year: try reader.integer(),
        startedYears: try reader.integer(),
        previous: try reader.optional { reader throws(StateError) in try reader.signed() }
      )
    }
    record.recordCount = try reader.integer()
    record.eventCount = try reader.integer()
    record.byteCount = try reader.integer()
    record.timelessCount = try reader.integer()
    record.lateCount = try reader.integer()
    record.droppedFieldCount = try reader.integer()
    record.latenessNanoseconds = try reader.signed()
    record.firstEvent = try reader.optional { reader throws(StateError) in
      EventTime(nanosecondsSinceEpoch: try reader.signed())
    }
    record.lastEvent = try reader.optional { reader throws(StateError) in
      EventTime(nanosecondsSinceEpoch: try reader.signed())
    }
    if version > 1 {
      record.start = try reader.optional { reader throws(StateError) in
        EventTime(nanosecondsSinceEpoch: try reader.signed())
      }
      record.passedOverCount = try reader.integer()
    }
    if version > 2 {
      for (loss, count) in try reader.list({ reader throws(StateError) in
        (try reader.text(), try reader.integer())
      }) {
        record.losses[loss] = count
      }
    }
    for (reason, count) in try reader.list({ reader throws(StateError) in
      (try reader.text(), try reader.integer())
    }) {
      record.deadLetters[reason] = count
    }
    for (path, format, reason) in try reader.list({ reader throws(StateError) in
      (try reader.text(), try reader.text(), try reader.text())
    }) {
      guard let format = LogFormat(rawValue: format) else { throw .malformed }
      record.formats[path] = FormatChoice(format: format, reason: reason)
    }
    records[source] = record
  }
}
