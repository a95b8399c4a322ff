import VedetteColumns
public import VedetteEvent

/// Where a run begins in sources it has never seen.
public enum RunStart: Sendable, Hashable {
  /// At their beginning.
  case beginning
  /// Behind what they hold now; files that appear later are read from their beginning.
  case end
  /// At the first record of this time or later: what is older is passed over and counted. Records
  /// that tell no time are taken.
  case time(EventTime)
}

extension ParsedChunk {
  /// Returns the records of a chunk that are not older than a time.
  ///
  /// - Parameters:
  ///   - start: The time.
  ///   - batch: The chunk's events, with their years.
  /// - Returns: The chunk to take instead, or `nil` if nothing of it is older.
  func since(_ start: EventTime, in batch: EventBatch) -> SourceChunk? {
    let limit = start.nanosecondsSinceEpoch
    var older: Set<Int64> = []
    batch.timed.forEachRow { row in
      if batch.times[row] < limit { older.insert(batch.records[row].offset) }
    }
    guard !older.isEmpty else { return nil }
    var rest = origin
    rest.chunk.records.removeAll { older.contains($0.offset) }
    return rest
  }
}
