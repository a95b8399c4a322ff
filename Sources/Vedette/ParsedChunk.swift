import VedetteEvent
import VedetteFindings
import VedetteIngest
public import VedetteNormalize

/// How a file's records are to be read, and why.
public struct FormatChoice: Sendable, Hashable {
  /// The format.
  public var format: LogFormat
  /// Why, in a sentence.
  public var reason: String

  /// Creates a choice.
  ///
  /// - Parameters:
  ///   - format: The format.
  ///   - reason: Why, in a sentence.
  public init(format: LogFormat, reason: String) {
    self.format = format
    self.reason = reason
  }
}

/// A chunk on its way to a parser, with all that the parser must know of its source.
struct SourceChunk: Sendable {
  var chunk: RecordChunk
  var choice: FormatChoice
  var settings: SourceSettings
  var latenessNanoseconds: Int64
  /// The year that the file's first time without one is in.
  var startYear: Int
  /// The zone that those times are in.
  var zone: @Sendable (EventTime) -> Int
  /// The source's state to save once the chunk is done; none where it can't be read again.
  var checkpoints: [Checkpoint]?
  /// What was lost since the source's chunk before.
  var losses: [ReceiveLoss: Int] = [:]
  /// What was done to the source's file before.
  var events: [SourceEvent] = []
  /// Whether it is a part, and the next of the same chunk follows: nothing is committed between.
  var isContinued = false
}

/// A chunk that was parsed and matched: what the stateful stage takes.
struct ParsedChunk: Sendable {
  var origin: SourceChunk
  var normalized: NormalizedChunk
  var matches: [RuleMatch]
}
