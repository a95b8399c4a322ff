// Turns a tree into an automaton over bytes, back to front: every part is compiled knowing the
// instruction that follows it, so nothing is patched but the way back of a loop.
//
// Counted repeats are written out, which is what the limit on instructions is for.

import VedetteEvent

/// Compiles one tree.
struct RegexCompiler {
  private var program = RegexProgram()

  /// Returns the program of a tree.
  static func compile(_ node: RegexNode) throws(RegexError) -> RegexProgram {
    var compiler = RegexCompiler()
    let match = try compiler.emit(RegexInstruction(operation: .match))
    compiler.program.start = try compiler.compile(node, before: match)
    compiler.program.byteCountMin = node.byteCountMin
    compiler.program.assignSymbols()
    return compiler.program
  }

  /// Compiles a node; returns where it begins.
  private mutating func compile(
    _ node: RegexNode,
    before next: UInt32
  ) throws(RegexError) -> UInt32 {
    switch node {
    case .empty:
      return next
    case .scalar(let scalar):
      return try compile(ScalarSet(scalar: scalar), before: next)
    case .set(let set):
      return try compile(set, before: next)
    case .assertion(let assertion):
      return try emit(
        RegexInstruction(operation: .assertion, first: assertion.rawValue, second: next)
      )
    case .sequence(let parts):
      var entry = next
      for part in parts.reversed() { entry = try compile(part, before: entry) }
      return entry
    case .alternatives(let parts):
      guard let last = parts.last else { return next }
      var entry = try compile(last, before: next)
      for part in parts.dropLast().reversed() {
        entry = try emitSplit(try compile(part, before: next), entry)
      }
      return entry
    case .repetition(let part, let countMin, let countMax):
      return try compileRepetition(of: part, countMin, countMax, before: next)
    }
  }

  private mutating func compileRepetition(
    of part: RegexNode,
    _ countMin: Int,
    _ countMax: Int?,
    before next: UInt32
  ) throws(RegexError) -> UInt32 {
    var entry = next
    var countLeft = countMin
    if let countMax {
      for _ in countMin..<countMax {
        let body = try compile(part, before: entry)
        // A part of nothing, however often, is nothing.
        guard body != entry else { return next }
        entry = try emitSplit(body, next)
      }
    } else {
      let loop = try emitSplit(next, next)
      let body = try compile(part, before: loop)
      program.instructions[Int(loop)].first = body
      entry = countMin == 0 ? loop : body
      countLeft = max(0, countMin - 1)
    }
    for _ in 0..<countLeft {
      let body = try compile(part, before: entry)
      guard body != entry else { break }
      entry = body
    }
    return entry
  }

  private mutating func emitSplit(_ first: UInt32, _ second: UInt32) throws(RegexError) -> UInt32 {
    try emit(RegexInstruction(operation: .split, first: first, second: second))
  }

  private mutating func emit(_ instruction: RegexInstruction) throws(RegexError) -> UInt32 {
    guard program.instructions.count < Limits.regexInstructionsMax else {
      throw RegexError(.tooLarge(instructionsMax: Limits.regexInstructionsMax), at: 0)
    }
    program.instructions.append(instruction)
    return UInt32(program.instructions.count - 1)
  }

  private mutating func emitConsume(
    _ transitions: [RegexTransition]
  ) throws(RegexError) -> UInt32 {
    // As many transitions as instructions, on average four: far beyond what text asks for.
    guard program.transitions.count + transitions.count <= Limits.regexInstructionsMax * 4 else {
      throw RegexError(.tooLarge(instructionsMax: Limits.regexInstructionsMax), at: 0)
    }
    let first = UInt32(program.transitions.count)
    program.transitions += transitions
    let second = UInt32(program.transitions.count)
    return try emit(RegexInstruction(operation: .consume, first: first, second: second))
  }
}

extension RegexCompiler {
  /// The scalars whose UTF-8 is of one length, and how their first byte is made.
  private struct EncodedLength {
    let scalars: ClosedRange<UInt32>
    let lead: UInt32
    let continuationCount: UInt32
  }

  private static let encodedLengths = [
    EncodedLength(scalars: 0x80...0x7FF, lead: 0xC0, continuationCount: 1),
    EncodedLength(scalars: 0x800...0xFFFF, lead: 0xE0, continuationCount: 2),
    EncodedLength(scalars: 0x10000...0x10FFFF, lead: 0xF0, continuationCount: 3),
  ]

  /// Compiles one character of a set into the bytes that encode it.
  private mutating func compile(
    _ set: ScalarSet,
    before next: UInt32
  ) throws(RegexError) -> UInt32 {
    var transitions: [RegexTransition] = []
    for range in set.ranges where range.lowerBound < 0x80 {
      let upper = UInt8(min(range.upperBound, 0x7F))
      transitions.append(
        RegexTransition(lower: UInt8(range.lowerBound), upper: upper, next: next)
      )
    }

    // The instructions that read any 1, 2 or 3 continuation bytes, made when first needed.
    var anyContinuations: [UInt32] = [next]
    for length in Self.encodedLengths {
      let parts = set.ranges.filter { $0.overlaps(length.scalars) }
        .map { widened($0.clamped(to: length.scalars), in: length) }
      transitions += try encode(
        parts,
        length.continuationCount,
        lead: length.lead,
        next: next,
        &anyContinuations
      )
    }
    if set.includesStrayBytes {
      transitions.append(RegexTransition(lower: 0xFF, upper: 0xFF, next: next))
    }
    return try emitConsume(transitions)
  }

  /// Lets a range that ends with its length run on over bytes that UTF-8 never has there.
  ///
  /// Text never holds them, and a run that ends on a whole byte needs no instructions of its own.
  private func widened(
    _ range: ClosedRange<UInt32>,
    in length: EncodedLength
  ) -> ClosedRange<UInt32> {
    let isLong = length.continuationCount > 1
    let lower = isLong && range.lowerBound == length.scalars.lowerBound ? 0 : range.lowerBound
    let upper = range.upperBound == 0x10FFFF ? 0x13FFFF : range.upperBound
    return lower...upper
  }

  /// Returns the transitions on the first byte of numbers in ranges, of which `count` bytes of six
  /// bits follow; emits the instructions that read those.
  private mutating func encode(
    _ ranges: [ClosedRange<UInt32>],
    _ count: UInt32,
    lead: UInt32,
    next: UInt32,
    _ anyContinuations: inout [UInt32]
  ) throws(RegexError) -> [RegexTransition] {
    var transitions: [RegexTransition] = []
    let mask: UInt32 = 1 << (6 * count) - 1
    // The byte of which only parts are in the set, and those parts.
    var partial: (top: UInt32, ranges: [ClosedRange<UInt32>])?

    func finishPartial(_ compiler: inout RegexCompiler) throws(RegexError) {
      guard let (top, parts) = partial else { return }
      partial = nil
      let inner = try compiler.encode(parts, count - 1, lead: 0x80, next: next, &anyContinuations)
      let target = try compiler.emitConsume(inner)
      let byte = UInt8(lead | top)
      transitions.append(RegexTransition(lower: byte, upper: byte, next: target))
    }

    for range in ranges {
      var lower = range.lowerBound
      while lower <= range.upperBound {
        let top = lower >> (6 * count)
        if let open = partial, open.top != top { try finishPartial(&self) }
        if lower & mask == 0, range.upperBound - lower >= mask {
          let topMax = (range.upperBound - mask) >> (6 * count)
          let target = try anyContinuation(count, &anyContinuations)
          let bytes = (UInt8(lead | top), UInt8(lead | topMax))
          transitions.append(RegexTransition(lower: bytes.0, upper: bytes.1, next: target))
          lower = (topMax + 1) << (6 * count)
        } else {
          let upper = min(range.upperBound, lower | mask)
          partial = (top, (partial?.ranges ?? []) + [(lower & mask)...(upper & mask)])
          lower = upper + 1
        }
      }
    }
    try finishPartial(&self)
    return transitions
  }

  /// Returns the instruction that reads any `count` continuation bytes.
  private mutating func anyContinuation(
    _ count: UInt32,
    _ anyContinuations: inout [UInt32]
  ) throws(RegexError) -> UInt32 {
    while anyContinuations.count <= Int(count) {
      let target = anyContinuations[anyContinuations.count - 1]
      let transition = RegexTransition(lower: 0x80, upper: 0xBF, next: target)
      anyContinuations.append(try emitConsume([transition]))
    }
    return anyContinuations[Int(count)]
  }
}
