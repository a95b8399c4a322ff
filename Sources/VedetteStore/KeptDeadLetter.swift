public import VedetteEvent

/// A record that could not be read, kept so that somebody can see why.
///
/// The newest ``Limits/deadLettersKeptMax`` of each source are kept; the exact counts are in
/// ``SourceStatus/deadLetters``.
public struct KeptDeadLetter: Sendable, Hashable {
  /// The logical source.
  public var source: SourceID
  /// The reason, in a few words.
  public var reason: String
  /// Where it was read.
  public var origin: RecordOrigin
  /// Its bytes; the store keeps the first ``Limits/evidenceBytesMax``.
  public var raw: [UInt8]

  /// Creates a dead letter.
  ///
  /// - Parameters:
  ///   - source: The logical source.
  ///   - reason: The reason, in a few words.
  ///   - origin: Where it was read.
  ///   - raw: Its bytes.
  public init(source: SourceID, reason: String, origin: RecordOrigin, raw: [UInt8]) {
    self.source = source
    self.reason = reason
    self.origin = origin
    self.raw = raw
  }
}
