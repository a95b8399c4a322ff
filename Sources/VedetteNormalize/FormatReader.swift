package import VedetteColumns
package import VedetteEvent

/// What became of a record.
package enum ReadOutcome: Sendable, Equatable {
  /// It is an event. A time without a year is given in the year 2000.
  case event(time: EventTime?, isYearless: Bool, logSource: LogSource)
  /// It belongs to the file and is no event: a table's header, a mark of the writer's.
  case noEvent
  /// It could not be read; the reason is a few words, the same for all records of that kind.
  case deadLetter(reason: String)
}

/// What a reader must know beside the bytes.
package struct ReadContext: Sendable {
  /// Returns what the source's zone adds to UTC, in seconds, at a local time.
  package var zone: @Sendable (_ local: EventTime) -> Int
  /// The log source that the user asserted, if any; it replaces what the reader would say.
  package var logSource: LogSource?
  /// Whether prompts, completions and tool arguments are kept as columns.
  package var keepsContent: Bool
  /// Returns a keyed hash of content, as hex digits: what is kept in its place.
  package var contentHash: @Sendable ([UInt8]) -> String
  /// Returns a hash of a whole key that was logged, as hex digits.
  ///
  /// It is the same on every machine, so that incidents can be compared.
  package var secretHash: @Sendable ([UInt8]) -> String

  /// Creates a context.
  ///
  /// - Parameters:
  ///   - zone: What the zone adds to UTC at a local time.
  ///   - logSource: The log source that the user asserted.
  ///   - keepsContent: Whether content is kept.
  ///   - contentHash: A keyed hash of content.
  ///   - secretHash: A hash of whole keys, without a key of its own.
  package init(
    zone: @escaping @Sendable (EventTime) -> Int = { _ in 0 },
    logSource: LogSource? = nil,
    keepsContent: Bool = false,
    contentHash: @escaping @Sendable ([UInt8]) -> String,
    secretHash: @escaping @Sendable ([UInt8]) -> String
  ) {
    self.zone = zone
    self.logSource = logSource
    self.keepsContent = keepsContent
    self.contentHash = contentHash
    self.secretHash = secretHash
  }
}

/// Reads the records of one format into rows.
///
/// A reader belongs to one builder: it looks its columns up once and keeps their indices. It is
/// called between `beginRow` and `endRow` or `cancelRow`, which its caller does.
package protocol FormatReader {
  /// Takes what the file says at its beginning of all its records; called before each chunk.
  ///
  /// - Parameter header: The header in force where the chunk begins, if the format has one.
  mutating func begin(header: [UInt8]?)

  /// Reads one record into the builder's current row.
  ///
  /// - Parameters:
  ///   - record: The record's bytes, without the line end.
  ///   - builder: The builder that the reader was created with.
  /// - Returns: What became of it. Whatever was written of a dead letter is taken back.
  @unsafe
  mutating func read(
    _ record: UnsafeBufferPointer<UInt8>,
    into builder: EventBatchBuilder
  ) -> ReadOutcome

  /// The parts of the last record, relative to its start, that hold a prompt, a completion or a
  /// tool's arguments: blanked wherever the record's bytes are kept.
  var contentSpans: [Range<Int>] { get }
}

extension FormatReader {
  /// Nothing: most formats carry no content.
  package var contentSpans: [Range<Int>] { [] }

  /// Nothing: most formats have no header.
  ///
  /// - Parameter header: The header.
  package mutating func begin(header: [UInt8]?) {}
}
