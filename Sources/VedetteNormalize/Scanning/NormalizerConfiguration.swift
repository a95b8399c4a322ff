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
  /// Returns a hash of a whole key that was logged, as hex digits, the same on every machine.
  public var secretHash: @Sendable ([UInt8]) -> String

  /// Creates a configuration.
  ///
  /// - Parameters:
  ///   - detect: Returns the format of one record.
  ///   - keepsContent: Whether content is kept.
  ///   - contentHash: Returns a keyed hash of content.
  ///   - secretHash: Returns a hash of a whole key, the same on every machine.
  @unsafe
  public init(
    detect: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> LogFormat?,
    keepsContent: Bool,
    contentHash: @escaping @Sendable ([UInt8]) -> String,
    secretHash: @escaping @Sendable ([UInt8]) -> String
  ) {
    unsafe self.detect = detect
    self.keepsContent = keepsContent
    self.contentHash = contentHash
    self.secretHash = secretHash
  }

  /// Creates a configuration that tells the format of a single record as that of a file.
  ///
  /// - Parameters:
  ///   - keepsContent: Whether content is kept.
  ///   - contentHash: Returns a keyed hash of content.
  ///   - secretHash: Returns a hash of a whole key, the same on every machine.
  public init(
    keepsContent: Bool,
    contentHash: @escaping @Sendable ([UInt8]) -> String,
    secretHash: @escaping @Sendable ([UInt8]) -> String
  ) {
    unsafe self.init(
      detect: { unsafe FormatDetector.detectOne($0) },
      keepsContent: keepsContent,
      contentHash: contentHash,
      secretHash: secretHash
    )
  }
}
