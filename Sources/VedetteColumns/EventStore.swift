import VedetteEvent

/// How much the event store keeps.
public struct RetentionPolicy: Sendable, Hashable {
  /// The most bytes that the batches may take, by their own estimate.
  public var bytesMax: Int
  /// The greatest age behind the newest event, in nanoseconds of event time.
  public var ageMaxNanoseconds: Int64

  /// Creates a policy.
  ///
  /// - Parameters:
  ///   - bytesMax: The most bytes.
  ///   - ageMaxNanoseconds: The greatest age behind the newest event.
  public init(bytesMax: Int, ageMaxNanoseconds: Int64) {
    self.bytesMax = bytesMax
    self.ageMaxNanoseconds = ageMaxNanoseconds
  }
}

/// The most recent events in memory, as sealed batches, for queries.
///
/// Bounded by bytes and by age of event time: the batch that came first goes first, and what went
/// is counted. Nothing that a detector says depends on it.
public struct EventStore: Sendable {
  /// The batches, oldest first.
  public private(set) var batches: [EventBatch] = []
  /// The bytes that the batches take, by their own estimate.
  public private(set) var byteCount = 0
  /// The number of events in the store.
  public private(set) var eventCount = 0
  /// The number of events that had to go.
  public private(set) var evictedCount = 0

  private let policy: RetentionPolicy
  private var newest = Int64.min

  /// Creates an empty store.
  ///
  /// - Parameter policy: How much to keep.
  public init(policy: RetentionPolicy) { self.policy = policy }

  /// Adds a batch without its raw bytes and lets go of what is over the limits.
  ///
  /// - Parameter batch: A sealed batch.
  public mutating func append(_ batch: EventBatch) {
    guard batch.rowCount > 0 else { return }
    let kept = batch.withoutRaw()
    batches.append(kept)
    byteCount += kept.byteEstimate
    eventCount += kept.rowCount
    newest = max(newest, kept.newestTime ?? newest)
    evict()
  }

  private mutating func evict() {
    var gone = 0
    while gone < batches.count - 1, byteCount > policy.bytesMax || isTooOld(batches[gone]) {
      byteCount -= batches[gone].byteEstimate
      eventCount -= batches[gone].rowCount
      evictedCount += batches[gone].rowCount
      gone += 1
    }
    batches.removeFirst(gone)
  }

  private func isTooOld(_ batch: EventBatch) -> Bool {
    guard let time = batch.newestTime else { return false }
    return EventTime(nanosecondsSinceEpoch: newest).nanoseconds(
      since: EventTime(nanosecondsSinceEpoch: time)
    ) > policy.ageMaxNanoseconds
  }
}

extension EventBatch {
  /// The newest event time of the batch in nanoseconds, or `nil` if no row has one.
  public var newestTime: Int64? {
    var newest: Int64?
    timed.forEachRow { row in newest = max(newest ?? times[row], times[row]) }
    return newest
  }

  /// Bytes that the batch takes: its own buffers, and the dictionaries' share for its rows.
  public var byteEstimate: Int {
    let fixed = rowCount * (8 + 1 + MemoryLayout<RecordChunk.Record>.stride) + raw.count
    return columns.reduce(fixed) { sum, column in
      switch column.values {
      case .texts(let codes, let dictionary):
        let share = min(dictionary.byteCount, dictionary.byteCount * codes.count / 8_192 + 64)
        return sum + codes.count * 4 + share + column.further.count * 16
      case .integers(let values): return sum + values.count * 8
      case .numbers(let values): return sum + values.count * 8
      }
    }
  }
}
