public import VedetteColumns

/// What became of the records of one chunk: each is a row of the batch or a dead letter.
public struct NormalizedChunk: Sendable {
  /// The events, in the order of the file.
  public let batch: EventBatch
  /// The first dead letters, at most ``Limits/deadLettersKeptMax``.
  public let deadLetters: [DeadLetter]
  /// The number of records: events and dead letters.
  public let recordCount: Int
  /// The number of dead letters.
  public let deadLetterCount: Int
  /// The number of dead letters of each reason, in the order of the reasons.
  public let countsByReason: [(reason: String, count: Int)]
  /// The number of events whose time could not be read.
  public let timelessCount: Int
  /// The number of values that were left out because a limit was reached.
  public let droppedFieldCount: Int
  /// The number of keys that came twice in one object; the first value of each counts.
  public let duplicateKeyCount: Int
}

/// The counts of a chunk while it is read.
struct ChunkTally {
  var deadLetters: [DeadLetter] = []
  var deadLetterCount = 0
  var timelessCount = 0
  var droppedFieldCount = 0
  var duplicateKeyCount = 0
  /// Bytes of the chunk that hold content.
  var contentSpans: [Range<Int>] = []
  private var counts: [String: Int] = [:]

  /// The counts of the reasons, in their order.
  var countsByReason: [(reason: String, count: Int)] {
    counts.sorted { $0.key < $1.key }.map { (reason: $0.key, count: $0.value) }
  }

  mutating func count(reason: String) {
    deadLetterCount += 1
    counts[reason, default: 0] += 1
  }
}
