// Which product wrote a JSON record, by the keys of its outermost object.
//
// This looks at keys only and checks nothing else: whether the record is JSON at all is for the
// reader to say. It stops as soon as the product is known.

/// Tells the product of a JSON record.
enum JSONFamily {
  /// Whether a record that starts with a bracket is an array of objects, or empty.
  static func isArray(_ record: Span<UInt8>, _ whole: Range<Int>) -> Bool {
    let rest = record.trimmed(whole.lowerBound + 1..<whole.upperBound)
    guard let first = rest.isEmpty ? nil : record[rest.lowerBound] else { return true }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "]")
  }

  /// Returns the form of a record that starts with a brace or a bracket.
  static func form(_ record: Span<UInt8>, _ whole: Range<Int>) -> RecordForm {
    var walk = KeyWalk(record, whole)
    var found: Signs = []
    while let key = walk.next(record) {
      found.formUnion(sign(record, key, walk))
      if let form = found.form { return form }
    }
    return .json
  }

  private struct Signs: OptionSet {
    let rawValue: UInt16
    static let eventName = Signs(rawValue: 1)
    static let eventSource = Signs(rawValue: 2)
    static let records = Signs(rawValue: 4)
    static let schemaType = Signs(rawValue: 8)
    static let litellm = Signs(rawValue: 16)
    static let callType = Signs(rawValue: 32)
    static let cost = Signs(rawValue: 64)
    static let eventID = Signs(rawValue: 128)
    static let channel = Signs(rawValue: 256)
    static let windows = Signs(rawValue: 512)

    var form: RecordForm? {
      if contains([.eventName, .eventSource]) || contains(.records) { return .cloudtrail }
      if contains(.schemaType) { return .bedrock }
      if contains(.litellm) || contains([.callType, .cost]) { return .litellm }
      if contains(.windows) || contains([.eventID, .channel]) { return .windows }
      return nil
    }
  }

  private static func sign(_ record: Span<UInt8>, _ key: Range<Int>, _ walk: KeyWalk) -> Signs {
    if walk.isInner {
      let isEvent = record.equals("System", key) && walk.isInside("Event", record)
      // Wazuh has it one level down.
      let isWazuh = record.equals("win", key) && walk.isInside("data", record)
      return isEvent || isWazuh ? .windows : []
    }
    for (name, sign) in names where record.equals(name, key) { return sign }
    if record.hasPrefix("litellm_", key) { return .litellm }
    if record.hasPrefix("winlog.", key) { return .windows }
    if record.equals("Records", key) { return walk.valueStarts("[", record) ? .records : [] }
    if record.equals("schemaType", key) {
      return walk.valueStarts("\"ModelInvocationLog\"", record) ? .schemaType : []
    }
    if record.equals("winlog", key) { return walk.valueStarts("{", record) ? .windows : [] }
    return []
  }

  private static let names: [(StaticString, Signs)] = [
    ("eventName", .eventName), ("eventSource", .eventSource), ("call_type", .callType),
    ("response_cost", .cost), ("model_map_information", .litellm), ("EventID", .eventID),
    ("event_id", .eventID), ("EventId", .eventID), ("Channel", .channel),
    ("Provider_Name", .channel), ("ProviderName", .channel), ("SourceName", .channel),
    ("ProviderGuid", .channel), ("provider_guid", .channel), ("EventRecordID", .channel),
    ("log_name", .channel), ("computer_name", .channel),
  ]
}

/// Walks over the keys of the outermost object, and of the objects that are its values.
private struct KeyWalk {
  private var index: Int
  private let end: Int
  private var depth = 0
  private var objects: UInt64 = 0
  private var expectsKey = false
  private let base: Int
  private var outerKey = 0..<0
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

  /// Whether the last key, an inner one, is in the value of an outer key.
  func isInside(_ name: StaticString, _ record: Span<UInt8>) -> Bool {
    isInner && record.equals(name, outerKey)
  }

  /// Whether the value of the last key starts with a text.
  func valueStarts(_ text: StaticString, _ record: Span<UInt8>) -> Bool {
    var rest = record.trimmed(afterKey..<end)
    guard record.skip(":", &rest) else { return false }
    return record.hasPrefix(text, record.trimmed(rest))
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
