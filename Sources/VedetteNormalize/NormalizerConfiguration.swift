public import VedetteEvent

/// What a normalizer does alike for every source.
@safe
public struct NormalizerConfiguration: Sendable {
  // Safety: `detect` is called with the bytes of one record and must not keep the pointer.

  /// Returns the format of one record, or `nil` if it is of none: asked when the reader of the
  /// file's format rejects a record.
  public var detect: @Sendable (UnsafeBufferPointer<UInt8>) -> LogFormat?
  /// Whether prompts, completions and tool arguments are kept.
  public var keepsContent: Bool
  /// Returns a keyed hash of content, as hex digits: what is kept in its place.
  public var contentHash: @Sendable ([UInt8]) -> String

  /// Creates a configuration.
  ///
  /// - Parameters:
  ///   - detect: Returns the format of one record.
  ///   - keepsContent: Whether content is kept.
  ///   - contentHash: Returns a keyed hash of content.
  @unsafe
  public init(
    detect: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> LogFormat?,
    keepsContent: Bool,
    contentHash: @escaping @Sendable ([UInt8]) -> String
  ) {
    unsafe self.detect = detect
    self.keepsContent = keepsContent
    self.contentHash = contentHash
  }
}

/// What is known of one source beside its bytes; it stays the same while a normalizer lives.
public struct SourceSettings: Sendable {
  /// Returns what the source's zone adds to UTC, in seconds, at a local time.
  public var zone: @Sendable (_ local: EventTime) -> Int
  /// The log source that the user asserted, if any; it replaces what the records say.
  public var logSource: LogSource?
  /// Whether a record that the file's format does not fit is tried as what it looks like.
  public var detectsEachRecord: Bool

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
