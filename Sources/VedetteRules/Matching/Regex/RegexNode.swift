/// A regular expression as a tree, flags already applied: what the parser hands to the compiler.
enum RegexNode: Sendable {
  /// Matches between characters, everywhere.
  case empty
  /// Matches one scalar.
  case scalar(UInt32)
  /// Matches one character of a set.
  case set(ScalarSet)
  /// Matches between characters, where something holds.
  case assertion(RegexAssertion)
  /// Matches the parts one after the other.
  case sequence([RegexNode])
  /// Matches any one of the parts.
  case alternatives([RegexNode])
  /// Matches the part over and over; without end if `countMax` is nil.
  indirect case repetition(RegexNode, countMin: Int, countMax: Int?)
}

/// A condition on the place between two characters.
enum RegexAssertion: UInt32, Sendable {
  /// `\A`, and `^` of one line: the start of the text.
  case textStart
  /// `^` of many lines: the start, or behind a line feed that is not the last character.
  case lineStart
  /// `\z`: the end of the text.
  case textEnd
  /// `\Z`, and `$` of one line: the end, or before a line feed that is the last character.
  case textEndOrFinalNewline
  /// `$` of many lines: the end, or before a line feed.
  case lineEnd
  /// `\b`: between a word character and another.
  case wordBoundary
  /// `\B`: where `\b` does not hold.
  case notWordBoundary

  /// Whether only what is before the place decides.
  var looksBehindOnly: Bool {
    switch self {
    case .textStart, .lineStart: true
    case .textEnd, .textEndOrFinalNewline, .lineEnd, .wordBoundary, .notWordBoundary: false
    }
  }
}

extension RegexNode {
  /// The bytes of the shortest text that matches, capped far beyond any text.
  var byteCountMin: Int {
    switch self {
    case .empty, .assertion:
      return 0
    case .scalar(let scalar):
      return utf8ByteCount(of: scalar)
    case .set(let set):
      guard !set.includesStrayBytes, let first = set.ranges.first else { return 1 }
      return utf8ByteCount(of: first.lowerBound)
    case .sequence(let parts):
      return parts.reduce(0) { min($0 + $1.byteCountMin, Self.byteCountCap) }
    case .alternatives(let parts):
      return parts.map(\.byteCountMin).min() ?? 0
    case .repetition(let part, let countMin, _):
      let (product, overflow) = part.byteCountMin.multipliedReportingOverflow(by: countMin)
      return overflow ? Self.byteCountCap : min(product, Self.byteCountCap)
    }
  }

  private static let byteCountCap = 1 << 40

  private func utf8ByteCount(of scalar: UInt32) -> Int {
    switch scalar {
    case 0..<0x80: 1
    case 0x80..<0x800: 2
    case 0x800..<0x10000: 3
    default: 4
    }
  }
}
