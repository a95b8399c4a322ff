// Character classes in brackets. Their rules are their own: `]` is itself where it comes first,
// `-` where it comes first, last, or beside a set such as `\d`, and most signs mean nothing.

extension RegexParser {
  /// Reads the class behind the bracket at `start`.
  mutating func parseClass(from start: Int) throws(RegexError) -> ScalarSet {
    let isInverted = take("^")
    var members: [ScalarSet] = []
    var isFirst = true
    var isQuoting = false

    while true {
      guard peek() != nil else { throw RegexError(.unclosedClass, at: start) }
      if !isFirst, !isQuoting, take("]") { break }
      if takeText(isQuoting ? "\\E" : "\\Q") {
        isQuoting.toggle()
        continue
      }
      let at = position
      let member = isQuoting ? .scalar(takeScalar()) : try parseClassMember()
      isFirst = false
      guard case .scalar(let lower) = member else {
        if case .set(let set) = member { members.append(set) }
        continue
      }
      let upper = isQuoting ? nil : try takeRangeEnd()
      guard let upper else {
        members.append(folded(ScalarSet(scalar: lower)))
        continue
      }
      guard lower <= upper else { throw RegexError(.rangeOutOfOrder(text(from: at)), at: at) }
      members.append(folded(ScalarSet([lower...upper])))
    }

    let set = ScalarSet.union(members)
    return isInverted ? set.inverted() : set
  }

  private func folded(_ set: ScalarSet) -> ScalarSet {
    flags.caseInsensitive ? set.closedOverCase() : set
  }

  /// Takes `-` and the scalar behind it; a hyphen that makes no range is left alone.
  private mutating func takeRangeEnd() throws(RegexError) -> UInt32? {
    let start = position
    guard take("-"), let byte = peek(), byte != UInt8(ascii: "]") else {
      position = start
      return nil
    }
    guard case .scalar(let upper) = try parseClassMember() else {
      position = start
      return nil
    }
    return upper
  }

  /// Reads one scalar, escape or POSIX class.
  private mutating func parseClassMember() throws(RegexError) -> Escape {
    let start = position
    switch takeScalar() {
    case UInt32(UInt8(ascii: "[")):
      guard let set = try parsePOSIXClass(from: start) else { return .scalar(0x5B) }
      return .set(set)
    case UInt32(UInt8(ascii: "\\")):
      // A word boundary can't be in a class, so there `\b` is what it is in strings.
      if take("b") { return .scalar(0x08) }
      let escape = try parseEscape(from: start)
      if case .assertion = escape {
        throw RegexError(.escapeInClass(text(from: start)), at: start)
      }
      return escape
    case let scalar:
      return .scalar(scalar)
    }
  }

  /// Reads `:name:]` behind a bracket, or nothing if it isn't there.
  private mutating func parsePOSIXClass(from start: Int) throws(RegexError) -> ScalarSet? {
    for mark in [":", ".", "="] where peekText(mark) {
      guard let end = endOfNamedClass(mark) else { return nil }
      guard mark == ":" else { throw RegexError(.unsupported(.collatingElement), at: start) }
      position += 1
      let isInverted = take("^")
      let first = position
      position = end
      var name = text(from: first)
      position += 2
      // Under `i` the two cases are one class, of ASCII like all of these.
      if flags.caseInsensitive, name == "lower" || name == "upper" { name = "alpha" }
      guard let set = ScalarSet.posixClass(named: name) else {
        throw RegexError(.unknownClassName(name), at: start)
      }
      return isInverted ? set.inverted() : set
    }
    return nil
  }

  /// Returns where the name behind `[:` ends, if nothing but letters is before its `:]`.
  private func endOfNamedClass(_ mark: String) -> Int? {
    var end = position + 1
    if end < pattern.count, pattern[end] == UInt8(ascii: "^") { end += 1 }
    while end < pattern.count, isASCIILetter(pattern[end]) { end += 1 }
    guard end + 1 < pattern.count, [pattern[end]] == Array(mark.utf8) else { return nil }
    return pattern[end + 1] == UInt8(ascii: "]") ? end : nil
  }
}
