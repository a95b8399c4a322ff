public import VedetteEvent

/// What is known of one source beside its bytes; it stays the same while a normalizer lives.
public struct SourceSettings: Sendable {
  /// Returns what the source's zone adds to UTC, in seconds, at a local time.
  public var zone: @Sendable (_ local: EventTime) -> Int
  /// The log source that the user asserted, if any; it replaces what the records say.
  public var logSource: LogSource?
  /// Whether a record that the file's format does not fit is tried as what it looks like.
  public var detectsEachRecord: Bool
  /// What the file says at its beginning of all its records, as a table's header; the one thing that
  /// may change from chunk to chunk.
  public var header: [UInt8]?

  /// Creates settings.
  ///
  /// - Parameters:
  ///   - zone: What the zone adds to UTC at a local time.
  ///   - logSource: The log source that the user asserted.
  ///   - detectsEachRecord: Whether a record that does not fit is tried as what it looks like.
  public init(
    zone: @escaping @Sendable (_ local: EventTime) -> Int = { _ in 0 },
    logSource: LogSource? = nil,
    detectsEachRecord: Bool = true
  ) {
    self.zone = zone
    self.logSource = logSource
    self.detectsEachRecord = detectsEachRecord
  }
}
