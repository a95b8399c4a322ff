// Prompts and answers in lines of text: what model servers log of requests beside their access lines,
// and JSON of a model's call behind a syslog header.
//
//   INFO 11-14 22:13:20 [logger.py:39] Received request chatcmpl-1: prompt: 'hi', params: ..
//   INFO 11-14 22:13:24 [logger.py:80] Generated response chatcmpl-1: output: 'hello', ..
//   time=2026-03-02T10:14:07Z level=DEBUG msg="chat request" images=0 prompt="<|user|>hi"
//
// vLLM writes the first two and Ollama the third. From the mark on the line is content: what follows
// the prompt can't be told from it. Only the beginning of a line decides, so that nobody hides what
// he does by words that he makes a program log.

import VedetteEvent

/// Where a line of text becomes a prompt or an answer.
enum PromptLine {
  /// How a line begins behind its level and time, and what stands before the content.
  private static let beginnings: [(words: StaticString, marks: [StaticString])] = [
    ("Received request ", ["prompt: ", "prompt_token_ids: "]),
    ("Generated response ", ["output: ", "output_token_ids: "]),
    ("Generated streaming response ", ["delta: ", "output: "]),
    ("Request ", ["details: prompt: "]),
  ]

  /// Returns the part of a message that is content, to its end; `nil` if none is.
  ///
  /// - Parameters:
  ///   - record: The bytes that hold the message.
  ///   - message: Where it is.
  /// - Returns: The content.
  static func content(_ record: Span<UInt8>, _ message: Range<Int>) -> Range<Int>? {
    guard !message.isEmpty else { return nil }
    if record.hasPrefix("{", message) {
      let bytes = record.extracting(message).copied
      return ContentMarks.occur(in: bytes[...], isText: false) ? message : nil
    }
    guard let start = server(record, message) ?? pairs(record, message) else { return nil }
    return start..<message.upperBound
  }

  /// Where the content of vLLM's lines begins.
  private static func server(_ record: Span<UInt8>, _ message: Range<Int>) -> Int? {
    let rest = afterLead(record, message)
    for (words, marks) in beginnings where record.hasPrefix(words, rest) {
      var nearest: Int?
      for mark in marks {
        guard let end = record.end(of: mark, rest) else { continue }
        nearest = min(nearest ?? end, end)
      }
      return nearest
    }
    return nil
  }

  /// Where the content of Ollama's lines begins.
  private static func pairs(_ record: Span<UInt8>, _ message: Range<Int>) -> Int? {
    guard record.hasPrefix("time=", message) || record.hasPrefix("level=", message),
      let text = record.end(of: "msg=\"", message)
    else { return nil }
    let rest = text..<message.upperBound
    guard let close = record.first(.quote, rest), record.hasSuffix(" request", text..<close) else {
      return nil
    }
    return record.end(of: " prompt=\"", close..<message.upperBound)
  }

  /// What follows a level, a time, the process and the logger: `(APIServer pid=1) INFO 03-02
  /// 10:14:07 [logger.py:39] `.
  private static func afterLead(_ record: Span<UInt8>, _ message: Range<Int>) -> Range<Int> {
    var rest = message
    if record.hasPrefix("(", rest), let close = record.first(") ", rest) {
      rest = close + 2..<rest.upperBound
    }
    while !rest.isEmpty {
      var ahead = rest
      var word = record.word(&ahead)
      guard !word.isEmpty, ahead.lowerBound > rest.lowerBound else { return rest }
      let isInBrackets = record.hasPrefix("[", word) && record.hasSuffix("]", word)
      _ = record.drop(":", &word)
      guard !word.isEmpty else { return rest }
      guard isInBrackets || record[word.lowerBound].isDigit || LevelWord.isLevel(record, word)
      else { return rest }
      rest = ahead
      record.skipAll(.space, &rest)
    }
    return rest
  }
}

extension Span<UInt8> {
  /// The place behind the first occurrence of a text in a range.
  fileprivate func end(of text: StaticString, _ range: Range<Int>) -> Int? {
    first(text, range).map { $0 + text.utf8CodeUnitCount }
  }
}
