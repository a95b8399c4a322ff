// Reads the syntax of PCRE, less what no automaton can match, into a `RegexNode`.
//
//   alternatives := sequence ('|' sequence)*
//   sequence     := (atom quantifier?)*
//   atom         := character | escape | class | '.' | '^' | '$' | group
//   quantifier   := ('*' | '+' | '?' | '{n}' | '{n,}' | '{n,m}') '?'?
//   group        := '(' ('?:' | '?flags:' | '?<name>' | '?P<name>' | "?'name'")? alternatives ')'
//                 | '(?flags)' | '(?#comment)'
//
// Flags are applied while reading: under `i` a letter becomes the set of its cases, so nothing
// behind the parser knows of flags. Only groups recurse, and their depth is bounded.

import VedetteEvent

/// Reads one pattern.
struct RegexParser {
  let pattern: [UInt8]
  var position = 0
  var flags: Flags
  private var depth = 0
  /// Whether the reader is between `\Q` and `\E`, where every character is itself.
  private var isQuoting = false

  /// What the letters in `(?imsx)` turn on.
  struct Flags {
    var caseInsensitive = false
    var multiline = false
    var dotMatchesLineEnds = false
    var extended = false
  }

  /// One thing read: a node, or nothing, as flags and comments are.
  enum Atom {
    case node(RegexNode, isRepeatable: Bool)
    case nothing
  }

  init(_ pattern: String, options: LinearRegex.Options) {
    self.pattern = Array(pattern.utf8)
    flags = Flags(
      caseInsensitive: options.contains(.caseInsensitive),
      multiline: options.contains(.multiline),
      dotMatchesLineEnds: options.contains(.dotMatchesLineEnds)
    )
  }

  /// Reads the whole pattern.
  mutating func parse() throws(RegexError) -> RegexNode {
    guard pattern.count <= Limits.regexPatternBytesMax else {
      let bytesMax = Limits.regexPatternBytesMax
      throw RegexError(.tooLong(bytes: pattern.count, bytesMax: bytesMax), at: bytesMax)
    }
    let node = try parseAlternatives()
    // The only character that ends the outermost alternatives early.
    guard position == pattern.count else { throw RegexError(.unmatchedParenthesis, at: position) }
    return node
  }

  /// Reads up to the end of the pattern or the `)` of the group.
  private mutating func parseAlternatives() throws(RegexError) -> RegexNode {
    var parts = [try parseSequence()]
    while take("|") { parts.append(try parseSequence()) }
    return parts.count == 1 ? parts[0] : .alternatives(parts)
  }

  private mutating func parseSequence() throws(RegexError) -> RegexNode {
    var parts: [RegexNode] = []
    while let byte = peek() {
      if !isQuoting {
        if byte == UInt8(ascii: "|") || byte == UInt8(ascii: ")") { break }
        if flags.extended, skipExtendedSpace() { continue }
      }
      guard case .node(let node, let isRepeatable) = try parseAtom() else { continue }
      parts.append(try parseQuantifiers(of: node, isRepeatable: isRepeatable))
    }
    switch parts.count {
    case 0: return .empty
    case 1: return parts[0]
    default: return .sequence(parts)
    }
  }

  private mutating func parseAtom() throws(RegexError) -> Atom {
    let start = position
    if isQuoting {
      if takeText("\\E") {
        isQuoting = false
        return .nothing
      }
      return .node(literal(takeScalar()), isRepeatable: true)
    }

    switch takeScalar() {
    case UInt32(UInt8(ascii: ".")):
      let set: ScalarSet = flags.dotMatchesLineEnds ? .all : .allButNewline
      return .node(.set(set), isRepeatable: true)
    case UInt32(UInt8(ascii: "^")):
      let assertion: RegexAssertion = flags.multiline ? .lineStart : .textStart
      return .node(.assertion(assertion), isRepeatable: false)
    case UInt32(UInt8(ascii: "$")):
      let assertion: RegexAssertion = flags.multiline ? .lineEnd : .textEndOrFinalNewline
      return .node(.assertion(assertion), isRepeatable: false)
    case UInt32(UInt8(ascii: "[")):
      return .node(.set(try parseClass(from: start)), isRepeatable: true)
    case UInt32(UInt8(ascii: "(")):
      return try parseGroup(from: start)
    case UInt32(UInt8(ascii: "\\")):
      return try parseAtomEscape(from: start)
    case let scalar:
      position = start
      if let quantifier = try takeQuantifier() {
        throw RegexError(.nothingToRepeat(quantifier.text), at: start)
      }
      _ = takeScalar()
      return .node(literal(scalar), isRepeatable: true)
    }
  }

  /// Reads the escape behind the backslash at `start`, outside a class.
  private mutating func parseAtomEscape(from start: Int) throws(RegexError) -> Atom {
    if takeText("Q") {
      isQuoting = true
      return .nothing
    }
    if takeText("E") { return .nothing }
    switch try parseEscape(from: start) {
    case .scalar(let scalar): return .node(literal(scalar), isRepeatable: true)
    case .set(let set): return .node(.set(set), isRepeatable: true)
    case .assertion(let assertion): return .node(.assertion(assertion), isRepeatable: false)
    }
  }

  /// Returns the node that matches one scalar under the flags in force.
  private func literal(_ scalar: UInt32) -> RegexNode {
    guard flags.caseInsensitive else { return .scalar(scalar) }
    let set = ScalarSet(scalar: scalar).closedOverCase()
    return set.onlyScalar == nil ? .set(set) : .scalar(scalar)
  }
}

extension RegexParser {
  /// Reads a group, or flags that hold to the end of the group they are in.
  private mutating func parseGroup(from start: Int) throws(RegexError) -> Atom {
    if peek() == UInt8(ascii: "*"), position + 1 < pattern.count,
      isASCIILetter(pattern[position + 1])
    {
      throw RegexError(.unsupported(.verb), at: start)
    }
    let outerFlags = flags
    if take("?") {
      switch try parseGroupHead(from: start) {
      case .opened: break
      case .complete: return .nothing
      }
    }

    depth += 1
    guard depth <= Limits.regexNestingMax else {
      throw RegexError(.tooDeep(nestingMax: Limits.regexNestingMax), at: start)
    }
    let node = try parseAlternatives()
    guard take(")") else { throw RegexError(.unclosedGroup, at: start) }
    depth -= 1
    flags = outerFlags
    return .node(node, isRepeatable: true)
  }

  private enum GroupHead {
    /// The alternatives of the group come next.
    case opened
    /// The group was flags or a comment and has been read.
    case complete
  }

  /// Reads what is between `(?` and the alternatives of a group.
  private mutating func parseGroupHead(from start: Int) throws(RegexError) -> GroupHead {
    for (text, construct) in Self.unsupportedHeads where takeText(text) {
      throw RegexError(.unsupported(construct), at: start)
    }
    if take(":") { return .opened }
    if take("#") {
      while let byte = peek(), byte != UInt8(ascii: ")") { position += 1 }
      guard take(")") else { throw RegexError(.unclosedComment, at: start) }
      return .complete
    }
    for (text, end) in [("P<", ">"), ("<", ">"), ("'", "'")] where takeText(text) {
      let first = position
      while let byte = peek(), isWordByte(byte) { position += 1 }
      guard position > first, takeText(end) else { throw unknownGroup(from: start) }
      return .opened
    }
    return try parseFlags(from: start)
  }

  /// Constructs by the characters behind `(?`, longer ones before their beginnings.
  private static let unsupportedHeads: [(String, RegexError.Construct)] = [
    ("=", .lookaround), ("!", .lookaround), ("<=", .lookaround), ("<!", .lookaround),
    ("*", .lookaround), (">", .atomicGroup), ("|", .branchReset), ("(", .conditional),
    ("R", .recursion), ("&", .recursion), ("P>", .recursion), ("P=", .backreference),
    ("+", .recursion), ("0", .recursion), ("1", .recursion), ("2", .recursion), ("3", .recursion),
    ("4", .recursion), ("5", .recursion), ("6", .recursion), ("7", .recursion), ("8", .recursion),
    ("9", .recursion), ("-0", .recursion), ("-1", .recursion), ("-2", .recursion),
    ("-3", .recursion), ("-4", .recursion), ("-5", .recursion), ("-6", .recursion),
    ("-7", .recursion), ("-8", .recursion), ("-9", .recursion),
  ]

  /// Reads `flags)` or `flags:` and puts the flags in force.
  private mutating func parseFlags(from start: Int) throws(RegexError) -> GroupHead {
    var isOn = true
    if take("^") {
      flags.caseInsensitive = false
      flags.multiline = false
      flags.dotMatchesLineEnds = false
      flags.extended = false
    }
    while let byte = peek() {
      let at = position
      switch takeScalar() {
      case UInt32(UInt8(ascii: ")")): return .complete
      case UInt32(UInt8(ascii: ":")): return .opened
      case UInt32(UInt8(ascii: "-")) where isOn: isOn = false
      case UInt32(UInt8(ascii: "i")): flags.caseInsensitive = isOn
      case UInt32(UInt8(ascii: "m")): flags.multiline = isOn
      case UInt32(UInt8(ascii: "s")): flags.dotMatchesLineEnds = isOn
      case UInt32(UInt8(ascii: "x")): flags.extended = isOn
      // Which match is found and what it captures make no difference to whether there is one.
      case UInt32(UInt8(ascii: "U")), UInt32(UInt8(ascii: "n")), UInt32(UInt8(ascii: "J")): break
      default:
        guard isASCIILetter(byte) else {
          throw RegexError(.unknownGroup(text(from: start)), at: start)
        }
        throw RegexError(.unknownFlag(text(from: at)), at: at)
      }
    }
    throw RegexError(.unclosedGroup, at: start)
  }

  private mutating func unknownGroup(from start: Int) -> RegexError {
    if position < pattern.count { _ = takeScalar() }
    return RegexError(.unknownGroup(text(from: start)), at: start)
  }
}

extension RegexParser {
  /// A quantifier and how it was written.
  private struct Quantifier {
    let countMin: Int
    let countMax: Int?
    let text: String
  }

  /// Reads the quantifier behind a node, if there is one.
  private mutating func parseQuantifiers(
    of node: RegexNode,
    isRepeatable: Bool
  ) throws(RegexError) -> RegexNode {
    guard !isQuoting || peekText("\\E") else { return node }
    if isQuoting {
      // The quantifier behind `\Q…\E` repeats the last character quoted.
      position += 2
      isQuoting = false
    }
    while flags.extended, skipExtendedSpace() {}
    let start = position
    guard let quantifier = try takeQuantifier() else { return node }
    guard isRepeatable else { throw RegexError(.nothingToRepeat(quantifier.text), at: start) }
    if take("+") { throw RegexError(.unsupported(.possessiveQuantifier), at: start) }
    // A lazy quantifier prefers another match, and any match will do.
    _ = take("?")

    while flags.extended, skipExtendedSpace() {}
    let next = position
    if let second = try takeQuantifier() {
      throw RegexError(.quantifierAfterQuantifier(second.text), at: next)
    }
    return .repetition(node, countMin: quantifier.countMin, countMax: quantifier.countMax)
  }

  /// Takes `*`, `+`, `?` or counts in braces; a brace that opens no counts is left alone.
  private mutating func takeQuantifier() throws(RegexError) -> Quantifier? {
    if take("*") { return Quantifier(countMin: 0, countMax: nil, text: "*") }
    if take("+") { return Quantifier(countMin: 1, countMax: nil, text: "+") }
    if take("?") { return Quantifier(countMin: 0, countMax: 1, text: "?") }
    let start = position
    guard take("{") else { return nil }
    let countMin = takeCount()
    let hasComma = take(",")
    let countMax = hasComma ? takeCount() : countMin
    guard take("}"), countMin != nil || (hasComma && countMax != nil) else {
      position = start
      return nil
    }

    let written = text(from: start)
    guard let countMin else { throw RegexError(.countWithoutMinimum(written), at: start) }
    guard max(countMin, countMax ?? 0) <= Limits.regexRepeatMax else {
      throw RegexError(.countTooLarge(written, countMax: Limits.regexRepeatMax), at: start)
    }
    guard countMin <= countMax ?? .max else {
      throw RegexError(.countsOutOfOrder(written), at: start)
    }
    return Quantifier(countMin: countMin, countMax: countMax, text: written)
  }

  /// Takes decimal digits; a number that is too large stays too large.
  private mutating func takeCount() -> Int? {
    var count: Int?
    while let byte = peek(), (0x30...0x39).contains(byte) {
      position += 1
      count = min((count ?? 0) * 10 + Int(byte - 0x30), 1 << 30)
    }
    return count
  }
}
