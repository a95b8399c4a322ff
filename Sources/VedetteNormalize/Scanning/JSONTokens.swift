// Walking over JSON that is known to be well formed, where a scanner into columns is no help: an
// envelope that has to be taken off, a text that is JSON itself.

import VedetteColumns
import VedetteEvent

/// Walks over the values of a document that was checked.
struct JSONTokens {
  /// A member of an object: its key without the quotation marks, and its value.
  struct Member {
    var key: Range<Int>
    var value: Range<Int>
  }

  /// Returns the end of the value that starts at a place.
  static func end(ofValueAt start: Int, _ text: Span<UInt8>) -> Int {
    guard start < text.count else { return text.count }
    switch text[start] {
    case .quote: return end(ofStringAt: start, text)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      var depth = 0
      var index = start
      while index < text.count {
        switch text[index] {
        case .quote:
          index = end(ofStringAt: index, text)
          continue
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          depth -= 1
          if depth == 0 { return index + 1 }
        default: break
        }
        index += 1
      }
      return text.count
    default:
      var index = start
      while index < text.count {
        let byte = text[index]
        if byte.isBlank || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
          || byte == UInt8(ascii: "]")
        {
          break
        }
        index += 1
      }
      return index
    }
  }

  /// Returns the place after the closing quotation mark of a string.
  static func end(ofStringAt start: Int, _ text: Span<UInt8>) -> Int {
    var index = start + 1
    while index < text.count, text[index] != .quote {
      index += text[index] == .backslash ? 2 : 1
    }
    return min(index + 1, text.count)
  }

  /// Returns the members of an object.
  static func members(_ text: Span<UInt8>, _ object: Range<Int>) -> [Member] {
    guard !object.isEmpty, text[object.lowerBound] == UInt8(ascii: "{") else { return [] }
    var members: [Member] = []
    var index = skip(text, object.lowerBound + 1)
    while index < object.upperBound, text[index] == .quote {
      let keyEnd = end(ofStringAt: index, text)
      let value = skip(text, skip(text, keyEnd) + 1)
      guard value < text.count else { break }
      let valueEnd = end(ofValueAt: value, text)
      members.append(Member(key: index + 1..<max(index + 1, keyEnd - 1), value: value..<valueEnd))
      index = skip(text, valueEnd)
      guard index < object.upperBound, text[index] == UInt8(ascii: ",") else { break }
      index = skip(text, index + 1)
    }
    return members
  }

  /// Returns the elements of an array.
  static func elements(_ text: Span<UInt8>, _ array: Range<Int>) -> [Range<Int>] {
    guard !array.isEmpty, text[array.lowerBound] == UInt8(ascii: "[") else { return [] }
    var elements: [Range<Int>] = []
    var index = skip(text, array.lowerBound + 1)
    while index < array.upperBound, text[index] != UInt8(ascii: "]") {
      let valueEnd = end(ofValueAt: index, text)
      guard valueEnd > index else { break }
      elements.append(index..<valueEnd)
      index = skip(text, valueEnd)
      guard index < array.upperBound, text[index] == UInt8(ascii: ",") else { break }
      index = skip(text, index + 1)
    }
    return elements
  }

  /// Returns the value of a key of an object.
  static func value(_ text: Span<UInt8>, _ object: Range<Int>, _ key: StaticString) -> Range<Int>? {
    members(text, object).first { text.equals(key, $0.key) }?.value
  }

  /// Returns the text of a string without its escapes.
  static func unescaped(_ text: Span<UInt8>, _ string: Range<Int>) -> [UInt8] {
    guard !string.isEmpty else { return [] }
    // Safety: a text is never longer than what writes it, and the caller checked its escapes.
    return unsafe [UInt8](unsafeUninitializedCapacity: string.count) { output, count in
      guard let target = output.baseAddress else { return }
      unsafe text.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        unsafe count = JSONText.unescape(
          base,
          from: string.lowerBound,
          to: string.upperBound,
          into: target
        )
      }
    }
  }

  /// Returns the place of the next byte that is no blank.
  static func skip(_ text: Span<UInt8>, _ start: Int) -> Int {
    var index = start
    while index < text.count, text[index].isBlank { index += 1 }
    return index
  }
}

/// Tells whether bytes are well-formed JSON.
final class JSONCheck {
  private var scanner = JSONScanner(plan: JSONPlan(), builder: EventBatchBuilder())

  /// Whether bytes are one object or array.
  func isDocument(_ text: Span<UInt8>) -> Bool {
    // Safety: the scanner reads the bytes during the call only.
    unsafe text.withUnsafeBufferPointer { unsafe scanner.isDocument($0) }
  }
}
