/// Which of many texts a value is.
struct EqualityTable: Sendable {
  private var bytes: [UInt8] = []
  private var entries: [(start: Int32, length: Int32, target: Int32)] = []
  /// Indices into ``entries`` plus one, by hash; zero where none is.
  private var slots: [Int32] = []
  private var slotMask = 0
  /// For each length below 256 whether a text has it, then whether a longer one is there.
  private var hasLength = [Bool](repeating: false, count: 257)

  var isEmpty: Bool { entries.isEmpty }

  /// Prepares the comparison with texts.
  ///
  /// - Parameter texts: Distinct texts, each with what it stands for.
  init(_ texts: [(text: [UInt8], target: Int32)]) {
    var size = 8
    while size < texts.count * 2 { size *= 2 }
    slotMask = size - 1
    slots = [Int32](repeating: 0, count: size)
    for (text, target) in texts {
      entries.append((Int32(bytes.count), Int32(text.count), target))
      bytes += text
      hasLength[min(text.count, 256)] = true
      var slot = Self.hash(text.span, text.count) & slotMask
      while slots[slot] != 0 { slot = (slot + 1) & slotMask }
      slots[slot] = Int32(entries.count)
    }
  }

  /// Returns what a value's text stands for, or `nil` if no text is the value.
  ///
  /// - Parameters:
  ///   - value: The value, with or without bytes after it.
  ///   - length: The value's length.
  /// - Returns: What the text stands for.
  func target(_ value: Span<UInt8>, length: Int) -> Int32? {
    guard !entries.isEmpty, hasLength[min(length, 256)] else { return nil }
    var slot = Self.hash(value, length) & slotMask
    while slots[slot] != 0 {
      let entry = entries[Int(slots[slot]) - 1]
      if Int(entry.length) == length, isEqual(value, Int(entry.start), length) {
        return entry.target
      }
      slot = (slot + 1) & slotMask
    }
    return nil
  }

  private func isEqual(_ value: Span<UInt8>, _ start: Int, _ length: Int) -> Bool {
    for offset in 0..<length where value[offset] != bytes[start + offset] { return false }
    return true
  }

  private static func hash(_ value: Span<UInt8>, _ length: Int) -> Int {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in 0..<length { state = (state ^ UInt64(value[index])) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: state ^ state >> 29) & .max
  }
}
