import VedetteEvent

/// Where a record holds content, and what has to be known of it.
struct ContentCollector {
  /// The bytes of the record that hold content, in order.
  private(set) var spans: [Range<Int>] = []
  /// The texts of the prompt, joined by line feeds.
  private(set) var prompt: [UInt8] = []
  /// The texts of the answer, joined by line feeds, if they are kept.
  private(set) var output: [UInt8] = []
  /// Characters of the prompt.
  private(set) var promptCharacters = 0
  /// Characters of the answer.
  private(set) var outputCharacters = 0
  /// Whether the texts of the answer are kept and not only counted.
  var keepsOutput = false

  /// Forgets the record before.
  mutating func reset() {
    guard !spans.isEmpty || promptCharacters > 0 || outputCharacters > 0 else { return }
    spans.removeAll(keepingCapacity: true)
    prompt.removeAll(keepingCapacity: true)
    output.removeAll(keepingCapacity: true)
    promptCharacters = 0
    outputCharacters = 0
  }

  /// Adds a span.
  ///
  /// - Parameters:
  ///   - start: The first byte.
  ///   - end: The byte after the last.
  ///   - joins: Whether the span before it grows to this one's end instead: the numbers of one
  ///     array become one number once they are blanked.
  mutating func hide(_ start: Int, _ end: Int, joins: Bool = false) {
    guard end > start else { return }
    if joins || spans.count >= Limits.contentSpansMax, let last = spans.last {
      spans[spans.count - 1] = last.lowerBound..<end
    } else {
      spans.append(start..<end)
    }
  }

  /// Adds a text of the prompt or of the answer.
  @unsafe
  mutating func add(_ text: UnsafeBufferPointer<UInt8>, role: ContentRole) {
    guard let base = text.baseAddress, unsafe !isStreamEnd(text) else { return }
    let characters = unsafe JSONText.characterCount(base, count: text.count)
    if role == .prompt {
      if promptCharacters > 0 { prompt.append(0x0a) }
      unsafe prompt.append(contentsOf: text)
      promptCharacters += characters
    } else {
      if keepsOutput {
        if outputCharacters > 0 { output.append(0x0a) }
        unsafe output.append(contentsOf: text)
      }
      outputCharacters += characters
    }
  }

  /// `[DONE]` ends a stream of server-sent events and is in the log beside them.
  @unsafe
  private func isStreamEnd(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    unsafe text.count == 6 && Span(_unsafeElements: text).equals("[DONE]")
  }
}
