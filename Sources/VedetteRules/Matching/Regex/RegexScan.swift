// The loops that touch every byte: reading the table of states, moving the instructions of a set
// where there is no table, and looking for bytes that are not UTF-8.

/// Runs the table over a text until it has no state for a byte, or the text is read to `end`.
///
/// - Parameters:
///   - bytes: The text.
///   - end: Where to stop, at most the text's count.
///   - table: The rows of the states, an entry for each symbol.
///   - symbols: The symbol of each of the 256 bytes.
///   - resting: A state that is left on few bytes only, and these.
///   - state: The state at `position`, and then the last one reached.
///   - position: Where to begin, and then the byte that has no next state, or `end`.
/// - Returns: The entry that is not a state, or `state` at the end of the text.
func runStates(
  over bytes: Span<UInt8>,
  to end: Int,
  _ table: Span<UInt32>,
  _ symbols: Span<UInt8>,
  resting: RestingState,
  state: inout UInt32,
  position: inout Int
) -> UInt32 {
  precondition(position >= 0 && position <= end && end <= bytes.count && symbols.count == 256)
  var row = Int(state)
  var index = position
  defer {
    state = UInt32(truncatingIfNeeded: row)
    position = index
  }
  // Safety: `index` is below `end`, a byte is below 256, and `RegexStateCache` puts only offsets
  // of whole rows into the table, which are what passes the test of the highest bit.
  while index < end {
    let symbol = unsafe symbols[unchecked: Int(bytes[unchecked: index])]
    let next = unsafe table[unchecked: row &+ Int(symbol)]
    if Int(next) == row {
      index &+= 1
      if row == resting.row {
        index = firstByte(of: resting.exits, in: bytes, from: index, to: end)
        continue
      }
      // A state that leads to itself is left rarely. Here the address of the next entry does not
      // depend on the last one read, so the processor reads ahead: several bytes for the time of
      // one.
      while index < end {
        let symbol = unsafe symbols[unchecked: Int(bytes[unchecked: index])]
        guard unsafe Int(table[unchecked: row &+ Int(symbol)]) == row else { break }
        index &+= 1
      }
      continue
    }
    if next >= 0x8000_0000 { return next }
    row = Int(next)
    index &+= 1
  }
  return UInt32(truncatingIfNeeded: row)
}

/// Moves the instructions of a set over a symbol.
///
/// - Parameters:
///   - current: The set.
///   - symbol: What is read.
///   - instructions: All instructions.
///   - transitions: Their transitions.
///   - next: The set to add to: the instructions reached that read a symbol themselves.
///   - pending: The list to add to: the other instructions reached.
/// - Returns: The number of instructions visited, and words looked through for them.
func stepInstructions(
  of current: [UInt64],
  over symbol: UInt8,
  _ instructions: [RegexInstruction],
  _ transitions: [RegexTransition],
  into next: inout [UInt64],
  pending: inout [UInt32]
) -> Int {
  precondition(current.count == next.count && instructions.count <= current.count * 64)
  let current = current.span
  let instructions = instructions.span
  let transitions = transitions.span
  var output = next.mutableSpan
  var visitCount = current.count
  for word in current.indices {
    var bits = unsafe current[unchecked: word]
    visitCount &+= bits.nonzeroBitCount
    while bits != 0 {
      // Safety: sets hold numbers of instructions only, and so do transitions.
      let index = word &<< 6 | bits.trailingZeroBitCount
      bits &= bits &- 1
      let instruction = unsafe instructions[unchecked: index]
      guard instruction.operation == .consume,
        let target = destination(of: instruction, on: symbol, transitions)
      else { continue }
      let reached = unsafe instructions[unchecked: Int(target)]
      if reached.operation == .consume {
        let targetWord = Int(target &>> 6)
        unsafe output[unchecked: targetWord] |= 1 &<< UInt64(target & 63)
      } else {
        pending.append(target)
      }
    }
  }
  return visitCount
}

/// Returns where a `.consume` instruction goes on a symbol, if anywhere.
func destination(
  of instruction: RegexInstruction,
  on symbol: UInt8,
  _ transitions: Span<RegexTransition>
) -> UInt32? {
  var low = Int(instruction.first)
  var high = Int(instruction.second)
  while low < high {
    let middle = (low &+ high) &>> 1
    let transition = transitions[middle]
    if symbol > transition.upper {
      low = middle &+ 1
    } else if symbol < transition.lower {
      high = middle
    } else {
      return transition.next
    }
  }
  return nil
}

/// A state that stays as it is on all but three bytes at most.
struct RestingState: Sendable {
  /// The offset of the state's row, or -1 if there is no such state.
  var row = -1
  /// The bytes that lead out of it; the same one again where there are fewer than three.
  var exits = SIMD4<UInt8>(repeating: 0)

  /// Notes a state and its ways out, unless there are none or too many.
  mutating func note(_ state: UInt32, exits bytes: [UInt8]) {
    guard let first = bytes.first, bytes.count <= 3 else { return }
    row = Int(state)
    exits = SIMD4(repeating: first)
    for (lane, byte) in bytes.enumerated() { exits[lane] = byte }
  }
}

/// Returns the offset of the first of up to three bytes, or `end` if none is before it.
private func firstByte(
  of needles: SIMD4<UInt8>,
  in bytes: Span<UInt8>,
  from start: Int,
  to end: Int
) -> Int {
  let first = SIMD16<UInt8>(repeating: needles[0])
  let second = SIMD16<UInt8>(repeating: needles[1])
  let third = SIMD16<UInt8>(repeating: needles[2])
  var index = start
  // Safety: each load is of sixteen bytes of numbers that end at or before `end`, which the
  // caller has checked, and needs no alignment. A mask has all bits of a lane set or none.
  let raw = unsafe bytes.bytes
  while index &+ 16 <= end {
    let lanes = unsafe raw.unsafeLoadUnaligned(
      fromUncheckedByteOffset: index,
      as: SIMD16<UInt8>.self
    )
    let isFound = (lanes .== first) .| (lanes .== second) .| (lanes .== third)
    let words = unsafe unsafeBitCast(isFound, to: SIMD2<UInt64>.self)
    if words[0] != 0 { return index &+ words[0].littleEndian.trailingZeroBitCount >> 3 }
    if words[1] != 0 { return index &+ 8 &+ words[1].littleEndian.trailingZeroBitCount >> 3 }
    index &+= 16
  }
  while index < end {
    let byte = unsafe bytes[unchecked: index]
    if byte == needles[0] || byte == needles[1] || byte == needles[2] { break }
    index &+= 1
  }
  return index
}

/// Returns the offset of the first byte that is not ASCII, or the count if there is none.
func firstNonASCII(in bytes: Span<UInt8>) -> Int {
  // Safety: each load is of eight bytes of numbers that end at or before the count, and needs no
  // alignment.
  let raw = unsafe bytes.bytes
  var index = 0
  while index &+ 8 <= bytes.count {
    let word = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
    let high = word.littleEndian & 0x8080_8080_8080_8080
    if high != 0 { return index &+ high.trailingZeroBitCount >> 3 }
    index &+= 8
  }
  while index < bytes.count, bytes[index] < 0x80 { index &+= 1 }
  return index
}

/// Returns the offset of the first stray byte at or after `start`, or the count if there is none.
///
/// A stray byte is one where no well-formed UTF-8 sequence begins: continuation bytes alone,
/// sequences cut short, overlong forms, surrogates and numbers beyond U+10FFFF.
///
/// - Precondition: `start` is not inside a well-formed sequence.
func firstStrayByte(in bytes: Span<UInt8>, from start: Int) -> Int {
  var index = start
  while index < bytes.count {
    let count = sequenceByteCount(in: bytes, at: index)
    guard count > 0 else { return index }
    index &+= count
  }
  return index
}

/// Returns the bytes of the well-formed UTF-8 sequence that begins at an offset, or 0.
private func sequenceByteCount(in bytes: Span<UInt8>, at index: Int) -> Int {
  let lead = bytes[index]
  guard lead >= 0x80 else { return 1 }
  // The second byte decides what is overlong, a surrogate or too large (Unicode, table 3-7).
  let (count, secondMin, secondMax): (Int, UInt8, UInt8) =
    switch lead {
    case 0xC2...0xDF: (2, 0x80, 0xBF)
    case 0xE0: (3, 0xA0, 0xBF)
    case 0xED: (3, 0x80, 0x9F)
    case 0xE1...0xEF: (3, 0x80, 0xBF)
    case 0xF0: (4, 0x90, 0xBF)
    case 0xF1...0xF3: (4, 0x80, 0xBF)
    case 0xF4: (4, 0x80, 0x8F)
    default: (0, 0, 0)
    }
  guard count > 0, index &+ count <= bytes.count else { return 0 }
  guard bytes[index &+ 1] >= secondMin, bytes[index &+ 1] <= secondMax else { return 0 }
  var offset = 2
  while offset < count {
    guard bytes[index &+ offset] & 0xC0 == 0x80 else { return 0 }
    offset &+= 1
  }
  return count
}
