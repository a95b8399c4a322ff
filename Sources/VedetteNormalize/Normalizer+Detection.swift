import VedetteEvent

extension Normalizer {
  /// Creates a normalizer that detects the format of a record that its source's reader refuses.
  ///
  /// - Parameters:
  ///   - detectingFormats: Nothing; it tells the initializer apart.
  ///   - keepsContent: Whether prompts, completions and tool arguments are kept.
  ///   - contentHash: A keyed hash of content: what is kept in its place.
  ///   - secretHash: A hash of a whole key that was logged, the same on every machine.
  public convenience init(
    detectingFormats: Void,
    keepsContent: Bool,
    contentHash: @escaping @Sendable ([UInt8]) -> String,
    secretHash: @escaping @Sendable ([UInt8]) -> String
  ) {
    unsafe self.init(
      configuration: NormalizerConfiguration(
        detect: { record in unsafe FormatDetector.detectOne(record.span) },
        keepsContent: keepsContent,
        contentHash: contentHash,
        secretHash: secretHash
      )
    )
  }
}
