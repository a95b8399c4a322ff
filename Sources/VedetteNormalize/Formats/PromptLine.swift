// Prompts and answers in lines of text: what model servers log of requests beside their access lines,
// and JSON of a model's call behind a syslog header.
//
//   INFO 11-14 22:13:20 [logger.py:39] Received request chatcmpl-1: prompt: 'hi', params: ..
//   INFO 11-14 22:13:24 [logger.py:80] Generated response chatcmpl-1: output: 'hello', ..
//   time=2026-03-02T10:14:07Z level=DEBUG msg="chat request" images=0 prompt="<|user|>hi"
//
// vLLM writes the first two and Ollama the third. From the mark on the line is content: what follows
// the prompt can't be told from it.

import VedetteEvent

/// Where a line of text becomes a prompt or an answer.
enum PromptLine {
  /// Returns the part of a message that is content, to its end; `nil` if none is.
  ///
  /// - Parameters:
  ///   - record: The bytes that hold the message.
  ///   - message: Where it is.
  /// - Returns: The content.
  static func content(_ record: Span<UInt8>, _ message: Range<Int>) -> Range<Int>? {
    guard !message.isEmpty else { return nil }
    if record.hasPrefix("{", message) {
      guard occursInJSON(record, message) else { return nil }
      return message
    }
    guard let start = start(record, message) else { return nil }
    return start..<message.upperBound
  }

  private static func start(_ record: Span<UInt8>, _ message: Range<Int>) -> Int? {
    // Each of these lines says what it is about before it says what was said.
    guard let mark = record.first("eque", message) ?? record.first("Generated r", message) else {
      return nil
    }
    let rest = mark..<message.upperBound
    for text in [
      "prompt: ", "output: ", "prompt=", "prompt_token_ids: ", "output_token_ids: ", "delta: ",
    ] as [StaticString] {
      guard let place = record.first(text, rest), isSaid(record, message, mark, place) else {
        continue
      }
      return place + text.utf8CodeUnitCount
    }
    return nil
  }

  /// Whether the words before a mark are those that model servers begin such lines with.
  private static func isSaid(
    _ record: Span<UInt8>,
    _ message: Range<Int>,
    _ mark: Int,
    _ place: Int
  ) -> Bool {
    let before = message.lowerBound..<place
    for words in [
      "Received request ", "Generated response ", "Generated streaming response ",
      " request\"", "Request ", "request: ",
    ] as [StaticString] where record.first(words, before) != nil {
      return true
    }
    return false
  }

  private static func occursInJSON(_ record: Span<UInt8>, _ message: Range<Int>) -> Bool {
    ContentMarks.occur(in: record.extracting(message).copied[...], isText: false)
  }
}
