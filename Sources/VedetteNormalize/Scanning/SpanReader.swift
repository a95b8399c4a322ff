package import VedetteColumns

/// A reader of a text format, which sees its record as a checked span.
package protocol SpanReader: FormatReader {
  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - builder: Where the rows go.
  ///   - context: What must be known beside the bytes.
  init(builder: EventBatchBuilder, context: ReadContext)

  /// Reads one record into the current row of the builder that the reader was created with.
  ///
  /// - Parameter record: The record's bytes, without the line end.
  /// - Returns: What became of it.
  mutating func read(_ record: Span<UInt8>) -> ReadOutcome
}

extension SpanReader {
  /// Reads one record into the builder's current row.
  ///
  /// - Parameters:
  ///   - record: The record's bytes, without the line end.
  ///   - builder: The builder that the reader was created with.
  /// - Returns: What became of it.
  @unsafe
  package mutating func read(
    _ record: UnsafeBufferPointer<UInt8>,
    into builder: EventBatchBuilder
  ) -> ReadOutcome {
    // Safety: the caller keeps the record's bytes for the call, and the span does not outlive it.
    read(unsafe record.span)
  }
}
