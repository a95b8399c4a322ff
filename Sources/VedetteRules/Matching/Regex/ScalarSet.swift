/// A set of characters: Unicode scalars, and the stray byte of text that is not UTF-8.
///
/// Surrogate code points may be in a set; no well-formed text holds them, so it makes no difference.
struct ScalarSet: Equatable, Sendable {
  /// The scalars, as ranges in order that neither overlap nor touch.
  private(set) var ranges: [ClosedRange<UInt32>] = []
  /// Whether a byte that is no part of well-formed UTF-8 is in the set.
  private(set) var includesStrayBytes = false

  static let scalarMax: UInt32 = 0x10FFFF

  init() {}

  /// Creates a set of scalars from ranges in any order.
  init(_ ranges: [ClosedRange<UInt32>]) {
    self.ranges = ranges
    normalize()
  }

  /// Creates a set of one scalar.
  init(scalar: UInt32) {
    ranges = [scalar...scalar]
  }

  /// The one scalar of the set, if it has exactly one member.
  var onlyScalar: UInt32? {
    guard ranges.count == 1, ranges[0].count == 1, !includesStrayBytes else { return nil }
    return ranges[0].lowerBound
  }

  /// Returns the set of every character that is not in this one.
  func inverted() -> ScalarSet {
    var result = ScalarSet()
    result.includesStrayBytes = !includesStrayBytes
    var first: UInt32 = 0
    for range in ranges {
      if range.lowerBound > first { result.ranges.append(first...range.lowerBound - 1) }
      first = range.upperBound + 1
    }
    if first <= Self.scalarMax { result.ranges.append(first...Self.scalarMax) }
    return result
  }

  /// Returns the set of the characters in either set.
  func union(_ other: ScalarSet) -> ScalarSet {
    Self.union([self, other])
  }

  /// Returns the set of the characters in any of the sets.
  static func union(_ sets: [ScalarSet]) -> ScalarSet {
    var result = ScalarSet(sets.flatMap(\.ranges))
    result.includesStrayBytes = sets.contains(where: \.includesStrayBytes)
    return result
  }

  /// Returns whether a scalar is in the set.
  func contains(_ scalar: UInt32) -> Bool {
    ranges.contains { $0.contains(scalar) }
  }

  /// Sorts the ranges and joins those that overlap or touch.
  private mutating func normalize() {
    guard ranges.count > 1 else { return }
    ranges.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    var joined: [ClosedRange<UInt32>] = []
    joined.reserveCapacity(ranges.count)
    for range in ranges {
      guard let last = joined.last, range.lowerBound <= last.upperBound &+ 1 else {
        joined.append(range)
        continue
      }
      let upper = max(last.upperBound, range.upperBound)
      joined[joined.count - 1] = last.lowerBound...upper
    }
    ranges = joined
  }
}

extension ScalarSet {
  /// Returns the set with every scalar that differs from a member only in case.
  ///
  /// This is Unicode's simple case folding: `k` brings `K` and the Kelvin sign, and `ß` brings
  /// `ẞ`, but not the two letters `ss`.
  func closedOverCase() -> ScalarSet {
    guard let first = ranges.first, let last = ranges.last else { return self }
    // Between the letters of ASCII and U+00B5, and below them, nothing has case.
    if last.upperBound < 0x41 { return self }
    if ranges.count == 1, first.lowerBound > 0x7A, first.upperBound < 0xB5 { return self }

    let folded = addingShifted(towardFolding: true)
    return folded.addingShifted(towardFolding: false)
  }

  /// Adds what the members fold to, or what folds to the members.
  private func addingShifted(towardFolding: Bool) -> ScalarSet {
    var added: [ClosedRange<UInt32>] = []
    for row in stride(from: 0, to: caseFoldingRuns.count, by: 4) {
      let distance = Int64(caseFoldingRuns[row + 3])
      let offset = towardFolding ? 0 : distance
      let shift = towardFolding ? distance : -distance
      let run = FoldingRun(
        first: Int64(caseFoldingRuns[row]) + offset,
        last: Int64(caseFoldingRuns[row + 1]) + offset,
        step: Int64(caseFoldingRuns[row + 2])
      )
      for range in ranges { run.appendShifted(range, by: shift, to: &added) }
    }
    guard !added.isEmpty else { return self }
    var result = ScalarSet(ranges + added)
    result.includesStrayBytes = includesStrayBytes
    return result
  }
}

/// Scalars at even distances that move together.
private struct FoldingRun {
  let first: Int64
  let last: Int64
  let step: Int64

  /// Appends where the scalars of `range` that are in the run move to.
  func appendShifted(
    _ range: ClosedRange<UInt32>,
    by shift: Int64,
    to added: inout [ClosedRange<UInt32>]
  ) {
    let lower = max(first, Int64(range.lowerBound))
    let upper = min(last, Int64(range.upperBound))
    guard lower <= upper else { return }
    if step == 1 {
      added.append(UInt32(lower + shift)...UInt32(upper + shift))
      return
    }
    var scalar = first + (lower - first + step - 1) / step * step
    while scalar <= upper {
      added.append(UInt32(scalar + shift)...UInt32(scalar + shift))
      scalar += step
    }
  }
}

extension ScalarSet {
  /// The digits of ASCII, as `\d` has it.
  static let digits = ScalarSet([0x30...0x39])
  /// The letters and digits of ASCII and the underscore, as `\w` has it.
  static let wordCharacters = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  /// Tab, the line ends of ASCII and space, as `\s` has it.
  static let whiteSpace = ScalarSet([0x09...0x0D, 0x20...0x20])
  /// Tab and the spaces of Unicode, as `\h` has it.
  static let horizontalSpace = ScalarSet([
    0x09...0x09, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x180E...0x180E, 0x2000...0x200A,
    0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000,
  ])
  /// The line ends of Unicode, as `\v` has it.
  static let verticalSpace = ScalarSet([0x0A...0x0D, 0x85...0x85, 0x2028...0x2029])
  /// Every character but the line feed, as `.` has it.
  static let allButNewline = ScalarSet(scalar: 0x0A).inverted()
  /// Every character.
  static let all = ScalarSet().inverted()

  /// Returns the POSIX class of a name, over ASCII, or nil if there is none.
  static func posixClass(named name: String) -> ScalarSet? {
    switch name {
    case "alnum": ScalarSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A])
    case "alpha": ScalarSet([0x41...0x5A, 0x61...0x7A])
    case "ascii": ScalarSet([0x00...0x7F])
    case "blank": ScalarSet([0x09...0x09, 0x20...0x20])
    case "cntrl": ScalarSet([0x00...0x1F, 0x7F...0x7F])
    case "digit": digits
    case "graph": ScalarSet([0x21...0x7E])
    case "lower": ScalarSet([0x61...0x7A])
    case "print": ScalarSet([0x20...0x7E])
    case "punct": ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])
    case "space": whiteSpace
    case "upper": ScalarSet([0x41...0x5A])
    case "word": wordCharacters
    case "xdigit": ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
    default: nil
    }
  }
}
