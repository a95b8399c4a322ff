import VedetteColumns
import VedetteEvent

/// Where a scalar of the record lies.
struct CapturedValue {
  /// What a scalar is.
  enum Kind: UInt8 {
    case absent
    /// A string without escapes.
    case string
    /// A string with escapes.
    case escapedString
    case number
    case `true`
    case `false`
    case null
    /// An object or array with nothing in it.
    case empty
  }

  var kind = Kind.absent
  /// The first byte, of a string that after its quotation mark.
  var start: Int32 = 0
  /// The byte after the last, of a string its closing quotation mark.
  var end: Int32 = 0
}

extension CapturedValue {
  init(kind: Kind, start: Int, end: Int) {
    // A record is at most `Limits.recordBytesMax` long.
    self.init(
      kind: kind,
      start: Int32(truncatingIfNeeded: start),
      end: Int32(truncatingIfNeeded: end)
    )
  }
}

/// The values that a format asked for, as they lie in the record that was read last.
@safe
struct CapturedValues: ~Copyable {
  // Safety: `first` has `count` initialized entries. `base` and `scratch` are those of the scanner
  // that owns this; they are used only between its `scan` and the end of the reader's `read`, while
  // the record is valid, and `scratch` has room for any string of the record.

  /// A further value of a number that has one.
  struct Further {
    var number: Int
    var value: CapturedValue
  }

  /// A name and its value, as Windows lists them.
  struct Pair {
    var list: Int32 = -1
    var name = CapturedValue()
    var value = CapturedValue()
  }

  private let first: UnsafeMutablePointer<CapturedValue>
  private let count: Int
  private var further: [Further] = []
  private var base: UnsafePointer<UInt8>?
  private var scratch: UnsafeMutablePointer<UInt8>?
  var pair = Pair()

  init(count: Int) {
    self.count = count
    unsafe first = .allocate(capacity: max(count, 1))
    unsafe first.initialize(repeating: CapturedValue(), count: max(count, 1))
  }

  deinit { unsafe first.deallocate() }

  @unsafe
  mutating func reset(base: UnsafePointer<UInt8>, scratch: UnsafeMutablePointer<UInt8>) {
    unsafe self.base = base
    unsafe self.scratch = scratch
    for index in 0..<count { unsafe first[index].kind = .absent }
    if !further.isEmpty { further.removeAll(keepingCapacity: true) }
    pair = Pair()
  }

  /// Keeps a value: the first of a number is found without a search, and null gives way to it.
  @inline(__always)
  mutating func set(_ number: Int, _ value: CapturedValue) {
    let kind = unsafe first[number].kind
    if kind == .absent || kind == .null {
      unsafe first[number] = value
    } else if value.kind != .null, further.count < Limits.jsonCapturesMax {
      further.append(Further(number: number, value: value))
    }
  }

  /// The first value of a number; `absent` if the record has none.
  subscript(number: Int) -> CapturedValue {
    precondition(number >= 0 && number < count, "no such capture")
    return unsafe first[number]
  }

  /// Whether the record has a value, which may be null.
  func has(_ number: Int) -> Bool { self[number].kind != .absent }

  /// Whether the record has a value other than null.
  func hasValue(_ number: Int) -> Bool {
    let kind = self[number].kind
    return kind != .absent && kind != .null
  }

  /// Calls a closure with a value's text, or with nothing if there is none.
  @inline(__always)
  func withText<Result>(_ value: CapturedValue, _ body: (Span<UInt8>) -> Result) -> Result {
    guard let base = unsafe base, let scratch = unsafe scratch, value.kind != .absent,
      value.kind != .null
    else { return body(Span<UInt8>()) }
    let bytes: UnsafeBufferPointer<UInt8>
    if value.kind == .escapedString {
      let length = unsafe JSONText.unescape(
        base,
        from: Int(value.start),
        to: Int(value.end),
        into: scratch
      )
      unsafe bytes = UnsafeBufferPointer(start: scratch, count: length)
    } else {
      unsafe bytes = UnsafeBufferPointer(
        start: base + Int(value.start),
        count: Int(value.end - value.start)
      )
    }
    return unsafe body(Span(_unsafeElements: bytes))
  }

  /// Calls a closure with the first text of a number, or with nothing if there is none.
  @inline(__always)
  func withText<Result>(_ number: Int, _ body: (Span<UInt8>) -> Result) -> Result {
    withText(self[number], body)
  }

  /// Returns the first value of a number as text, or `nil` if there is none.
  func text(_ number: Int) -> String? { text(self[number]) }

  private func text(_ value: CapturedValue) -> String? {
    guard value.kind != .absent, value.kind != .null else { return nil }
    return withText(value) { String($0) }
  }

  /// Returns all values of a number as text, in the order of the record.
  func texts(_ number: Int) -> [String] {
    var texts: [String] = []
    if let text = text(number) { texts.append(text) }
    for entry in further where entry.number == number {
      if let text = text(entry.value) { texts.append(text) }
    }
    return texts
  }

  /// Returns all values of a number that are whole numbers, in the order of the record.
  func integers(_ number: Int) -> [Int64] {
    var found: [Int64] = []
    if let value = integer(self[number]) { found.append(value) }
    for entry in further where entry.number == number {
      if let value = integer(entry.value) { found.append(value) }
    }
    return found
  }

  /// Returns where all values of a number lie in the record.
  func places(_ number: Int) -> [Range<Int>] {
    var found: [Range<Int>] = []
    if hasValue(number) { found.append(Int(self[number].start)..<Int(self[number].end)) }
    for entry in further where entry.number == number {
      found.append(Int(entry.value.start)..<Int(entry.value.end))
    }
    return found
  }

  /// Returns the largest of a number's values that are whole numbers, or `nil`.
  func largestInteger(_ number: Int) -> Int64? {
    var largest = integer(self[number])
    for entry in further where entry.number == number {
      guard let value = integer(entry.value) else { continue }
      largest = max(largest ?? value, value)
    }
    return largest
  }

  /// Returns the first value of a number as a whole number, or `nil` if it is none.
  func integer(_ number: Int) -> Int64? { integer(self[number]) }

  private func integer(_ value: CapturedValue) -> Int64? {
    guard value.kind != .absent, value.kind != .null else { return nil }
    return withText(value) { $0.integer }
  }

  /// Whether a text is one of the number's values.
  @inline(__always)
  func equals(_ number: Int, _ text: StaticString) -> Bool {
    let value = self[number]
    guard value.kind != .absent, value.kind != .null else { return false }
    return withText(value) { $0.equals(text) }
  }

  /// Writes the first value of a number to a column, if there is one; null is written as null.
  func append(_ number: Int, to slot: Int, of builder: EventBatchBuilder) {
    let value = self[number]
    switch value.kind {
    case .absent, .empty: break
    case .null: builder.appendNull(to: slot)
    default: withText(value) { $0.append(to: slot, of: builder) }
    }
  }
}
