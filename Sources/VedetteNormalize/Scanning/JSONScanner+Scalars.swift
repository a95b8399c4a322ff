import CScan
import VedetteColumns
import VedetteEvent

extension JSONScanner {
  /// Checks the string whose quotation mark is at `start` and returns the offset after it, or -1.
  @inline(never)
  mutating func stringEnd(_ start: Int) -> Int {
    var isEscaped = false
    return stringEnd(start, isEscaped: &isEscaped)
  }

  @inline(__always)
  private mutating func stringEnd(_ start: Int, isEscaped: inout Bool) -> Int {
    var index = start + 1
    var flags: UInt64 = 0
    while true {
      let stop = unsafe cscan_string_stop(base, UInt64(index), UInt64(count))
      flags |= stop
      index = Int(stop & ~(1 << 63))
      guard index < count else { return refuse(.unexpectedEnd, at: index) }
      let byte = unsafe base[index]
      if byte == UInt8(ascii: "\"") { break }
      guard byte == UInt8(ascii: "\\") else { return refuse(.controlCharacter, at: index) }
      isEscaped = true
      let length = unsafe JSONText.escapeLength(base, at: index, end: count)
      guard length > 0 else { return refuse(.badEscape, at: index) }
      index += length
    }
    if flags >> 63 != 0, unsafe !JSONText.isUTF8(base, from: start + 1, to: index) {
      return refuse(.notUTF8, at: start)
    }
    return index + 1
  }

  @inline(__always)
  mutating func string(_ start: Int, node: Int32) -> Int {
    var isEscaped = false
    let end = stringEnd(start, isEscaped: &isEscaped)
    guard end >= 0, node != Place.skipped else { return end }
    emit(
      CapturedValue(kind: isEscaped ? .escapedString : .string, start: start + 1, end: end - 1),
      node: node
    )
    return end
  }

  /// RFC 8259 section 6: no leading zero, digits around the point.
  mutating func number(_ start: Int, node: Int32) -> Int {
    var index = start
    if unsafe base[index] == UInt8(ascii: "-") { index += 1 }
    if index < count, unsafe base[index] == UInt8(ascii: "0") {
      index += 1
    } else {
      guard let end = digits(index) else { return refuse(.badNumber, at: index) }
      index = end
    }
    if index < count, unsafe base[index] == UInt8(ascii: ".") {
      guard let end = digits(index + 1) else { return refuse(.badNumber, at: index + 1) }
      index = end
    }
    if index < count, unsafe base[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < count, unsafe base[index] == UInt8(ascii: "+") || base[index] == 0x2d {
        index += 1
      }
      guard let end = digits(index) else { return refuse(.badNumber, at: index) }
      index = end
    }
    if index < count, unsafe isWord(base[index]) { return refuse(.badNumber, at: index) }
    if node != Place.skipped {
      emit(CapturedValue(kind: .number, start: start, end: index), node: node)
    }
    return index
  }

  @inline(__always)
  private func digits(_ start: Int) -> Int? {
    var index = start
    while index < count, unsafe base[index] &- 0x30 <= 9 { index += 1 }
    return index > start ? index : nil
  }

  private func isWord(_ byte: UInt8) -> Bool {
    byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2e || byte == 0x2d || byte == 0x2b
  }

  mutating func literal(
    _ start: Int,
    _ word: StaticString,
    kind: CapturedValue.Kind,
    node: Int32
  ) -> Int {
    let end = start + word.utf8CodeUnitCount
    guard end <= count,
      unsafe cscan_equal(base + start, word.utf8Start, UInt64(word.utf8CodeUnitCount)) != 0
    else { return refuse(.badLiteral, at: start) }
    if node != Place.skipped {
      emit(CapturedValue(kind: kind, start: start, end: end), node: node)
    }
    return end
  }

  // MARK: - Where scalars go

  /// Writes a scalar to wherever its path belongs.
  @inline(__always)
  mutating func emit(_ value: CapturedValue, node: Int32) {
    guard node >= 0 else { return emitUnknown(value, place: node) }
    let known = unsafe table.nodes + Int(node)
    if unsafe known.pointee.role != .none || !known.pointee.flags.isEmpty {
      guard emitSpecial(value, node: node) else { return }
    }
    let capture = unsafe Int(known.pointee.capture)
    if capture >= 0, unsafe !known.pointee.flags.contains(.wildcard) { values.set(capture, value) }
    let slot = unsafe known.pointee.slot
    if slot >= 0 {
      append(value, to: Int(slot))
    } else {
      appendFirst(value, node: node)
    }
  }

  @inline(__always)
  private mutating func append(_ value: CapturedValue, to slot: Int) {
    switch value.kind {
    case .string, .number, .true, .false:
      unsafe builder.append(
        UnsafeBufferPointer(start: base + Int(value.start), count: Int(value.end - value.start)),
        to: slot
      )
    case .escapedString:
      let length = unsafe JSONText.unescape(
        base,
        from: Int(value.start),
        to: Int(value.end),
        into: scratch
      )
      unsafe builder.append(UnsafeBufferPointer(start: scratch, count: length), to: slot)
    case .null: builder.appendNull(to: slot)
    case .empty: builder.appendEmpty(to: slot)
    case .absent: break
    }
  }

  /// Notes an object or array with nothing in it, unless it stands where content does.
  @inline(never)
  mutating func emitEmpty(node: Int32) {
    guard node > 0 else { return }
    let known = unsafe table.nodes + Int(node)
    guard unsafe known.pointee.role == .none, unsafe known.pointee.flags.isEmpty else { return }
    let value = CapturedValue(kind: .empty, start: 0, end: 0)
    let slot = unsafe known.pointee.slot
    if slot >= 0 { append(value, to: Int(slot)) } else { appendFirst(value, node: node) }
  }

  /// The first scalar of a path: looks its column up.
  @inline(never)
  private mutating func appendFirst(_ value: CapturedValue, node: Int32) {
    let place = Int(node)
    if unsafe table.nodes[place].slot == JSONPathTable.Node.slotNone { return }
    guard unsafe table.nodes[place].slot == JSONPathTable.Node.slotUnknown else {
      droppedCount &+= 1
      return
    }
    if builder.isRowFull {
      droppedOfRowCount &+= 1
      return
    }
    let naming = table.plan.naming(table.path(node))
    guard let slot = builder.slot(naming.column, type: FieldCatalog.type(of: naming.column)) else {
      unsafe table.nodes[place].slot = JSONPathTable.Node.slotRefused
      table.refusedCount &+= 1
      return
    }
    for name in naming.links { builder.link(name, to: slot) }
    unsafe table.nodes[place].slot = Int32(slot)
    append(value, to: slot)
  }

  /// Takes content and pairs, and returns whether the value is a field as well.
  @inline(never)
  private mutating func emitSpecial(_ value: CapturedValue, node: Int32) -> Bool {
    let flags = unsafe table.nodes[Int(node)].flags
    if flags.contains(.pairName) {
      values.pair.name = value
      return false
    }
    if flags.contains(.pairValue) {
      // `{"#text":["a","b"]}` without names: all but the last are the list's own values.
      let earlier = values.pair.value
      if earlier.kind != .absent { emit(earlier, node: values.pair.list) }
      values.pair.value = value
      return false
    }
    let role = unsafe table.nodes[Int(node)].role
    guard role != .none else { return true }
    collect(value, role: role)
    return table.plan.keepsContent
  }

  @inline(never)
  private mutating func emitUnknown(_ value: CapturedValue, place: Int32) {
    switch place {
    case Place.unknownOther: collect(value, role: .other)
    case Place.unknownPrompt: collect(value, role: .prompt)
    case Place.unknownOutput: collect(value, role: .output)
    default: break
    }
  }

  private mutating func collect(_ value: CapturedValue, role: ContentRole) {
    guard value.kind == .string || value.kind == .escapedString || value.kind == .number else {
      return
    }
    let start = Int(value.start)
    let end = Int(value.end)
    content.hide(start, end, joins: value.kind == .number && followsNumber(start))
    // A vector is not text: only strings are counted and hashed.
    guard value.kind != .number, role != .other else { return }
    if value.kind == .string {
      unsafe content.add(UnsafeBufferPointer(start: base + start, count: end - start), role: role)
    } else {
      let length = unsafe JSONText.unescape(base, from: start, to: end, into: scratch)
      unsafe content.add(UnsafeBufferPointer(start: scratch, count: length), role: role)
    }
  }

  /// Whether the content before is a number of the same array.
  private func followsNumber(_ start: Int) -> Bool {
    guard let last = content.spans.last, unsafe base[last.upperBound - 1] &- 0x30 <= 9 else {
      return false
    }
    switch start - last.upperBound {
    case 1: return unsafe base[start - 1] == UInt8(ascii: ",")
    case 2: return unsafe base[start - 1] == 0x20 && base[start - 2] == UInt8(ascii: ",")
    default: return false
    }
  }
}
