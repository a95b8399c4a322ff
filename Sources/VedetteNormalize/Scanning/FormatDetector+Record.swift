extension FormatDetector {
  /// Tells the format of one record, or returns `nil` if it has no form that is known.
  ///
  /// - Parameter record: The record's bytes.
  /// - Returns: The format.
  @unsafe
  package static func detectOne(_ record: UnsafeBufferPointer<UInt8>) -> LogFormat? {
    // Safety: the caller keeps the bytes for the call, and the span does not outlive it.
    detectOne(unsafe record.span)
  }
}
