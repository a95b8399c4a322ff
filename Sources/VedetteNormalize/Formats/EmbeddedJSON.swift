// JSON documents that stand in a JSON record as text.
//
// Azure writes `properties` as an object or as a text of one, and API Management writes the bodies
// of requests and answers as texts. A text that is a whole document is read as what it holds; one
// that was cut stays a text.

import VedetteEvent

/// Puts documents in the place of the texts that hold them.
struct EmbeddedJSON: RecordRewriter {
  private let keys: [String]
  private let check = JSONCheck()

  /// Creates a rewriter.
  ///
  /// - Parameter keys: The keys whose texts may be documents, at any depth.
  init(keys: [String]) { self.keys = keys }

  mutating func rewrite(
    _ record: Span<UInt8>,
    into rewrite: inout RecordRewrite
  ) -> RewriteOutcome {
    var copied = 0
    var index = 0
    while let value = nextText(record, &index) {
      // Only of a record that is whole are the escapes known to be.
      guard copied > 0 || check.isDocument(record) else { return .asItIs }
      let text = value + 1..<index - 1
      guard let document = document(record, text, depth: 1) else { continue }
      rewrite.copy(record, copied..<value)
      rewrite.insert(document, for: text)
      copied = index
    }
    guard copied > 0 else { return .asItIs }
    rewrite.copy(record, copied..<record.count)
    return .written
  }

  /// Where the next text of one of the keys begins: its quote.
  ///
  /// The index moves behind the text, which may not be closed where the record is not whole.
  private func nextText(_ record: Span<UInt8>, _ index: inout Int) -> Int? {
    while index < record.count {
      guard record[index] == .quote else {
        index += 1
        continue
      }
      let key = index + 1
      index = JSONTokens.end(ofStringAt: index, record)
      let colon = JSONTokens.skip(record, index)
      guard colon < record.count, record[colon] == .colon else { continue }
      let value = JSONTokens.skip(record, colon + 1)
      guard value < record.count, record[value] == .quote, isKey(record, key..<index - 1) else {
        index = value
        continue
      }
      index = JSONTokens.end(ofStringAt: value, record)
      return value
    }
    return nil
  }

  private func isKey(_ record: Span<UInt8>, _ range: Range<Int>) -> Bool {
    keys.contains { key in
      guard key.utf8.count == range.count else { return false }
      return record.areEqual(range, key.utf8.span)
    }
  }

  /// The document that a text is, with those inside it, or `nil` if it is none.
  private func document(_ record: Span<UInt8>, _ text: Range<Int>, depth: Int) -> [UInt8]? {
    guard text.count > 1, depth <= Limits.embeddedDepthMax else { return nil }
    let start = JSONTokens.skip(record, text.lowerBound)
    let first = record[start]
    guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || first == .backslash else {
      return nil
    }
    let bytes = JSONTokens.unescaped(record, text)
    guard check.isDocument(bytes.span) else { return nil }
    return opened(bytes, depth: depth)
  }

  private func opened(_ bytes: [UInt8], depth: Int) -> [UInt8] {
    let text = bytes.span
    var result: [UInt8] = []
    var copied = 0
    var index = 0
    while let value = nextText(text, &index) {
      let range = value + 1..<index - 1
      guard let inner = document(text, range, depth: depth + 1) else { continue }
      result += bytes[copied..<value] + inner
      copied = index
    }
    return result + bytes[copied...]
  }
}

extension Span<UInt8> {
  /// Whether a range holds the bytes of a text.
  func areEqual(_ range: Range<Int>, _ text: Span<UInt8>) -> Bool {
    guard range.count == text.count else { return false }
    for offset in 0..<text.count where self[range.lowerBound + offset] != text[offset] {
      return false
    }
    return true
  }
}
