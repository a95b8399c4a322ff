// Which product wrote a JSON record, by the keys of its outermost object.
//
// This looks at keys and at the values of some, and checks nothing else: whether the record is JSON
// at all is for the reader to say. Which keys tell which product is a data file.

/// Tells the product of a JSON record.
enum JSONFamily {
  /// Whether a record that starts with a bracket is an array of objects, or empty.
  static func isArray(_ record: Span<UInt8>, _ whole: Range<Int>) -> Bool {
    let rest = record.trimmed(whole.lowerBound + 1..<whole.upperBound)
    guard let first = rest.isEmpty ? nil : record[rest.lowerBound] else { return true }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "]")
  }

  /// Returns the format of a record that starts with a brace or a bracket.
  static func format(_ record: Span<UInt8>, _ whole: Range<Int>) -> LogFormat {
    let signs = KeySigns.builtIn
    var walk = KeyWalk(record, whole)
    var seen = KeySigns.Seen()
    while let key = walk.next(record) {
      guard !key.isEmpty, signs.mayBeSign(record[key.lowerBound]) else { continue }
      let name = String(record.extracting(key))
      let path = walk.isInner ? String(record.extracting(walk.outerKey)) + "/" + name : name
      signs.note(path, value: record.extracting(walk.value(record)), in: &seen)
    }
    return signs.format(of: seen) ?? .json
  }
}

/// Walks over the keys of the outermost object, and of the objects that are its values.
private struct KeyWalk {
  private var index: Int
  private let end: Int
  private var depth = 0
  private var objects: UInt64 = 0
  private var expectsKey = false
  private let base: Int
  private(set) var outerKey = 0..<0
  private var afterKey = 0

  /// Whether the last key is one of an object inside the outermost.
  private(set) var isInner = false

  init(_ record: Span<UInt8>, _ whole: Range<Int>) {
    index = whole.lowerBound
    end = whole.upperBound
    base = record[whole.lowerBound] == UInt8(ascii: "[") ? 2 : 1
  }

  /// The next key, or `nil` after the last; in an array only those of its first object.
  mutating func next(_ record: Span<UInt8>) -> Range<Int>? {
    while index < end {
      let byte = record[index]
      switch byte {
      case .quote:
        let text = takeString(record)
        guard expectsKey else { continue }
        expectsKey = false
        guard depth == base || depth == base + 1 else { continue }
        isInner = depth > base
        if !isInner { outerKey = text }
        afterKey = index
        return text
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard depth < 63 else { return nil }
        depth += 1
        let bit: UInt64 = 1 &<< UInt64(depth)
        objects = byte == UInt8(ascii: "{") ? objects | bit : objects & ~bit
        expectsKey = byte == UInt8(ascii: "{")
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        expectsKey = false
        if depth < base { return nil }
      case UInt8(ascii: ","): expectsKey = objects &>> UInt64(depth) & 1 == 1
      default: break
      }
      index += 1
    }
    return nil
  }

  /// The value of the last key and what follows.
  func value(_ record: Span<UInt8>) -> Range<Int> {
    var rest = record.trimmed(afterKey..<end)
    guard record.skip(":", &rest) else { return end..<end }
    return record.trimmed(rest)
  }

  private mutating func takeString(_ record: Span<UInt8>) -> Range<Int> {
    let start = index + 1
    index = start
    while index < end, record[index] != .quote {
      index += record[index] == .backslash ? 2 : 1
    }
    let close = min(index, end)
    index = min(close + 1, end)
    return start..<max(start, close)
  }
}
