// One pass over a JSON object, straight into columns.
//
// The naive way builds a tree of values and walks it: an allocation a value, 27 to 208 MB/s with
// Foundation. This scanner checks the grammar of RFC 8259 and writes each scalar to its column the
// moment it ends; a record that turns out to be broken is taken back by the caller.
//
// Values are located by the node of their path. Three numbers below zero stand for places that are
// no node: what is skipped, and content whose keys are unknown and so content themselves.
//
// Of a key that comes twice in one object the first value counts, the others are skipped and
// counted. Strings whose bytes are not UTF-8 and nesting beyond `Limits.nestingDepthMax` make the
// record a dead letter.

import CScan
import VedetteColumns
import VedetteEvent

/// Reads JSON objects into the columns of one builder.
@safe
struct JSONScanner: ~Copyable {
  // Safety: `base[0..<count]` is the record, valid during `scan` and until its caller is done with
  // `values`; every load is below `count`. `scratch` has room for the longest string of the record.

  /// Places that are no node.
  enum Place {
    static let skipped: Int32 = -1
    static let unknownOther: Int32 = -2
    static let unknownPrompt: Int32 = -3
    static let unknownOutput: Int32 = -4
  }

  var table: JSONPathTable
  var values: CapturedValues
  var content = ContentCollector()
  /// Keys that came again in the same object.
  var duplicateKeyCount = 0
  /// Values dropped because their path was refused.
  var droppedCount = 0
  /// Values dropped because their record has too many.
  var droppedOfRowCount = 0
  private(set) var fault = JSONFault.none
  private(set) var faultOffset = 0
  let builder: EventBatchBuilder
  private(set) var base: UnsafePointer<UInt8>
  private(set) var count = 0
  private(set) var scratch: UnsafeMutablePointer<UInt8>
  private var scratchCapacity = 4_096
  private var objectNumber: UInt64 = 0

  init(plan: JSONPlan, builder: EventBatchBuilder) {
    table = JSONPathTable(plan: plan)
    values = CapturedValues(count: plan.captureCount)
    self.builder = builder
    unsafe scratch = .allocate(capacity: scratchCapacity)
    unsafe base = UnsafePointer(scratch)
    content.keepsOutput = plan.keepsContent
  }

  deinit { unsafe scratch.deallocate() }

  /// Reads one object into the builder's current row.
  ///
  /// - Parameter record: The object's bytes, with white space around.
  /// - Returns: What is wrong with them, or `.none`.
  @unsafe
  mutating func scan(_ record: UnsafeBufferPointer<UInt8>) -> JSONFault {
    guard let start = record.baseAddress, !record.isEmpty else { return .unexpectedEnd }
    unsafe base = start
    count = record.count
    if count > scratchCapacity {
      unsafe scratch.deallocate()
      scratchCapacity = max(count, scratchCapacity * 2)
      unsafe scratch = .allocate(capacity: scratchCapacity)
    }
    fault = .none
    unsafe values.reset(base: start, scratch: scratch)
    content.reset()
    let first = skipSpace(0)
    guard first < count else { return fail(.unexpectedEnd, first) }
    guard unsafe base[first] == UInt8(ascii: "{") else { return fail(.notObject, first) }
    let end = object(first, node: 0, depth: 1)
    guard end >= 0 else { return fault }
    let last = skipSpace(end)
    return last == count ? .none : fail(.trailingBytes, last)
  }

  /// Whether bytes are one object or array, and nothing else; nothing is written.
  @unsafe
  mutating func isDocument(_ record: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let start = record.baseAddress else { return false }
    unsafe base = start
    count = record.count
    fault = .none
    let first = skipSpace(0)
    guard first < count else { return false }
    let end: Int
    switch unsafe base[first] {
    case UInt8(ascii: "{"): end = object(first, node: Place.skipped, depth: 1)
    case UInt8(ascii: "["): end = array(first, node: Place.skipped, depth: 1)
    default: return false
    }
    return end >= 0 && skipSpace(end) == count
  }

  private mutating func fail(_ fault: JSONFault, _ offset: Int) -> JSONFault {
    self.fault = fault
    faultOffset = offset
    return fault
  }

  /// Notes what is wrong and returns the number that stands for it in place of an offset.
  @inline(never)
  mutating func refuse(_ fault: JSONFault, at offset: Int) -> Int {
    self.fault = offset >= count && fault != .tooDeep ? .unexpectedEnd : fault
    faultOffset = offset
    return -1
  }

  @inline(__always)
  func skipSpace(_ start: Int) -> Int {
    var index = start
    while index < count {
      let byte = unsafe base[index]
      if byte > 0x20 { break }
      guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { break }
      index += 1
    }
    return index
  }

  // MARK: - Structure

  /// Reads an object whose brace is at `start` and returns the offset after it, or -1.
  mutating func object(_ start: Int, node: Int32, depth: Int) -> Int {
    guard depth <= Limits.nestingDepthMax else { return refuse(.tooDeep, at: start) }
    objectNumber &+= 1
    let number = objectNumber
    var previous: Int32 = -1
    var index = skipSpace(start + 1)
    guard index < count else { return refuse(.unexpectedEnd, at: index) }
    if unsafe base[index] == UInt8(ascii: "}") {
      emitEmpty(node: node)
      return index + 1
    }
    while true {
      guard index < count, unsafe base[index] == UInt8(ascii: "\"") else {
        return refuse(.unexpectedByte, at: index)
      }
      var child = node < 0 ? -1 : guess(index + 1, after: previous, below: node)
      if child >= 0 {
        index = unsafe index + 2 + table.nodes[Int(child)].keyLength
      } else {
        let end = stringEnd(index)
        guard end >= 0 else { return -1 }
        child = place(ofKey: index + 1, end: end - 1, below: node, after: previous)
        index = end
      }
      if child >= 0 {
        previous = child
        child = noteObject(child, number: number)
      }
      index = skipSpace(index)
      guard index < count, unsafe base[index] == UInt8(ascii: ":") else {
        return refuse(.unexpectedByte, at: index)
      }
      index = value(skipSpace(index + 1), node: child, depth: depth)
      guard index >= 0 else { return -1 }
      index = skipSpace(index)
      guard index < count else { return refuse(.unexpectedEnd, at: index) }
      let byte = unsafe base[index]
      if byte == UInt8(ascii: "}") { return index + 1 }
      guard byte == UInt8(ascii: ",") else { return refuse(.unexpectedByte, at: index) }
      index = skipSpace(index + 1)
    }
  }

  /// Reads an array whose bracket is at `start` and returns the offset after it, or -1.
  mutating func array(_ start: Int, node: Int32, depth: Int) -> Int {
    guard depth <= Limits.nestingDepthMax else { return refuse(.tooDeep, at: start) }
    var index = skipSpace(start + 1)
    guard index < count else { return refuse(.unexpectedEnd, at: index) }
    if unsafe base[index] == UInt8(ascii: "]") {
      emitEmpty(node: node)
      return index + 1
    }
    while true {
      index = value(index, node: node, depth: depth)
      guard index >= 0 else { return -1 }
      index = skipSpace(index)
      guard index < count else { return refuse(.unexpectedEnd, at: index) }
      let byte = unsafe base[index]
      if byte == UInt8(ascii: "]") { return index + 1 }
      guard byte == UInt8(ascii: ",") else { return refuse(.unexpectedByte, at: index) }
      index = skipSpace(index + 1)
    }
  }

  /// Reads a value of any kind and returns the offset after it, or -1.
  @inline(__always)
  private mutating func value(_ start: Int, node: Int32, depth: Int) -> Int {
    guard start < count else { return refuse(.unexpectedEnd, at: start) }
    switch unsafe base[start] {
    case UInt8(ascii: "\""): return string(start, node: node)
    case UInt8(ascii: "{"):
      if node > 0, unsafe table.nodes[Int(node)].flags.contains(.pairs) {
        return pair(start, list: node, depth: depth + 1)
      }
      return object(start, node: node, depth: depth + 1)
    case UInt8(ascii: "["): return array(start, node: node, depth: depth + 1)
    case UInt8(ascii: "t"): return literal(start, "true", kind: .true, node: node)
    case UInt8(ascii: "f"): return literal(start, "false", kind: .false, node: node)
    case UInt8(ascii: "n"): return literal(start, "null", kind: .null, node: node)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number(start, node: node)
    default: return refuse(.unexpectedByte, at: start)
    }
  }

  /// An object that is one name and its value: the value goes where its name would be.
  private mutating func pair(_ start: Int, list: Int32, depth: Int) -> Int {
    let outer = values.pair
    values.pair = CapturedValues.Pair(list: list)
    let end = object(start, node: list, depth: depth)
    let pair = values.pair
    values.pair = outer
    guard end >= 0, pair.value.kind != .absent else { return end }
    var target = list
    if pair.name.kind == .string {
      let length = Int(pair.name.end - pair.name.start)
      let key = unsafe base + Int(pair.name.start)
      let parent = unsafe table.nodes[Int(list)].parent
      target = unsafe table.find(key, length: length, below: parent)
      if target < 0 { target = unsafe table.learn(key, length: length, below: parent) }
    }
    emit(pair.value, node: target)
    return end
  }

  // MARK: - Keys

  /// The node of the key at `start` if it is the one that came here last time, or -1.
  @inline(__always)
  private func guess(_ start: Int, after previous: Int32, below node: Int32) -> Int32 {
    let expected =
      unsafe previous < 0
      ? table.nodes[Int(node)].firstChild : table.nodes[Int(previous)].next
    guard expected >= 0, start + 8 <= count else { return -1 }
    let known = unsafe table.nodes + Int(expected)
    let word = unsafe UnsafeRawPointer(base).loadUnaligned(fromByteOffset: start, as: UInt64.self)
    guard unsafe (word ^ known.pointee.word) & known.pointee.mask == 0 else { return -1 }
    let length = unsafe known.pointee.keyLength
    guard start + length < count, unsafe base[start + length] == UInt8(ascii: "\"") else {
      return -1
    }
    if length > 8, unsafe cscan_equal(known.pointee.key, base + start, UInt64(length)) == 0 {
      return -1
    }
    return expected
  }

  /// The place of the value of a key that was not guessed.
  @inline(never)
  private mutating func place(
    ofKey start: Int,
    end: Int,
    below node: Int32,
    after previous: Int32
  ) -> Int32 {
    guard node >= 0 else {
      if node != Place.skipped { content.hide(start, end) }
      return node
    }
    var key = unsafe base + start
    var length = end - start
    if unsafe cscan_string_stop(key, 0, UInt64(length)) & ~(1 << 63) < UInt64(length) {
      length = unsafe JSONText.unescape(base, from: start, to: end, into: scratch)
      unsafe key = UnsafePointer(scratch)
    }
    var child = unsafe table.find(key, length: length, below: node)
    if child < 0 { child = unsafe stranger(key, length: length, below: node) }
    guard child >= 0 else {
      if child != Place.skipped { content.hide(start, end) }
      return child
    }
    if unsafe table.nodes[Int(child)].flags.contains(.wildcard) {
      let capture = unsafe Int(table.nodes[Int(child)].capture)
      if capture >= 0 { values.set(capture, CapturedValue(kind: .string, start: start, end: end)) }
      return child
    }
    if previous < 0 {
      unsafe table.nodes[Int(node)].firstChild = child
    } else {
      unsafe table.nodes[Int(previous)].next = child
    }
    return child
  }

  /// The place of a key that no record had before: learned, unless it may be content itself.
  @unsafe
  private mutating func stranger(
    _ key: UnsafePointer<UInt8>,
    length: Int,
    below node: Int32
  ) -> Int32 {
    let wildcard = unsafe table.nodes[Int(node)].wildcard
    if wildcard >= 0 { return wildcard }
    let role = unsafe table.nodes[Int(node)].roleBelow
    if role != .none, !table.plan.keepsContent { return place(of: role) }
    if builder.isRowFull {
      droppedOfRowCount &+= 1
      return Place.skipped
    }
    let learned = unsafe table.learn(key, length: length, below: node)
    if learned < 0 { droppedCount &+= 1 }
    return learned
  }

  private func place(of role: ContentRole) -> Int32 {
    switch role {
    case .none: Place.skipped
    case .other: Place.unknownOther
    case .prompt: Place.unknownPrompt
    case .output: Place.unknownOutput
    }
  }

  /// Returns the node, or where the value goes if its key was in this object before.
  @inline(__always)
  private mutating func noteObject(_ child: Int32, number: UInt64) -> Int32 {
    let node = unsafe table.nodes + Int(child)
    if unsafe node.pointee.lastObject != number {
      unsafe node.pointee.lastObject = number
      return child
    }
    if unsafe node.pointee.flags.contains(.wildcard) { return child }
    duplicateKeyCount &+= 1
    let isContent = unsafe node.pointee.role != .none || node.pointee.roleBelow != .none
    return isContent ? Place.unknownOther : Place.skipped
  }
}
