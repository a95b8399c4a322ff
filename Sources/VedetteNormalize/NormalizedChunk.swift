public import VedetteColumns
import VedetteEvent

/// What became of the records of one chunk: each is a row of the batch or a dead letter.
public struct NormalizedChunk: Sendable {
  /// The events, in the order of the file.
  public private(set) var batch: EventBatch
  /// The first dead letters, at most ``Limits/deadLettersKeptMax``.
  public let deadLetters: [DeadLetter]
  /// The number of records: events and dead letters.
  ///
  /// Lines that are one record count as that, the events of an envelope each, a header not at all.
  public let recordCount: Int
  /// The number of dead letters.
  public let deadLetterCount: Int
  /// The number of dead letters of each reason, in the order of the reasons.
  public let countsByReason: [(reason: String, count: Int)]
  /// The shapes of the dead letters (``RecordShape``) with how often each came, the most frequent
  /// first; at most ``Limits/failureShapesMax``.
  public let failureShapes: [(shape: String, count: Int)]
  /// The number of events whose time could not be read.
  public let timelessCount: Int
  /// The number of values that were left out because a limit was reached.
  public let droppedFieldCount: Int
  /// The number of keys that came twice in one object; the first value of each counts.
  public let duplicateKeyCount: Int
  /// Whether there were more names of fields than one batch has room for, so that some of what was
  /// left out would have had room in a smaller chunk.
  public let metColumnLimit: Bool

  /// Adds to the events what tables know beside the log.
  ///
  /// - Parameter enricher: The tables.
  public mutating func enrich(by enricher: ModelEnricher) { batch = enricher.enrich(batch) }
}

/// The counts of a chunk while it is read.
struct ChunkTally {
  var deadLetters: [DeadLetter] = []
  var deadLetterCount = 0
  var eventCount = 0
  var timelessCount = 0
  var droppedFieldCount = 0
  var duplicateKeyCount = 0
  /// Bytes of the chunk that hold content.
  var contentSpans: [Range<Int>] = []
  private var counts: [String: Int] = [:]
  private var shapes: [String: Int] = [:]

  /// The counts of the reasons, in their order.
  var countsByReason: [(reason: String, count: Int)] {
    counts.sorted { $0.key < $1.key }.map { (reason: $0.key, count: $0.value) }
  }

  /// The shapes, the most frequent first.
  var failureShapes: [(shape: String, count: Int)] {
    shapes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
  }

  mutating func count(shape: String) {
    guard shapes.count < Limits.failureShapesMax || shapes[shape] != nil else { return }
    shapes[shape, default: 0] += 1
  }

  mutating func count(reason: String) {
    deadLetterCount += 1
    counts[reason, default: 0] += 1
  }
}
