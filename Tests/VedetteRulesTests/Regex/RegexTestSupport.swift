import Testing
import VedetteStatistics

@testable import VedetteRules

extension RegexMatcher {
  /// Returns whether a text holds a match.
  mutating func matches(_ text: String) -> Bool {
    matches(in: Array(text.utf8).span)
  }
}

/// Returns whether a text holds a match of a pattern.
func isMatch(
  _ pattern: String,
  _ text: String,
  options: LinearRegex.Options = []
) throws -> Bool {
  var matcher = RegexMatcher(try LinearRegex(pattern, options: options))
  return matcher.matches(text)
}

/// Patterns and texts from a seed, in the part of the syntax that all engines agree on.
struct RegexGenerator {
  var random: SplitMix64
  /// Characters of patterns and texts, letters and signs that mean nothing in a pattern.
  var alphabet: [String]
  /// Whether to use what means ASCII here and Unicode elsewhere: `\w`, `\b` and their like.
  var usesShorthands: Bool
  /// Whether to repeat groups that repeat, on which other engines take exponential time.
  var nestsLoops: Bool

  static let ascii = ["a", "b", "A", "B", "0", "_", "-", " ", "\n"]
  static let unicode = ["a", "é", "É", "д", "Д", "ß", "語", "😀", "\n", "x"]

  mutating func text(lengthMax: Int) -> String {
    (0..<Int.random(in: 0...lengthMax, using: &random)).map { _ in character() }.joined()
  }

  /// Bytes in which some are stray.
  mutating func bytes(lengthMax: Int) -> [UInt8] {
    var bytes = Array(text(lengthMax: lengthMax).utf8)
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      let stray: UInt8 =
        [0x80, 0xBF, 0xC3, 0xE8, 0xED, 0xF0, 0xFF].randomElement(using: &random) ?? 0
      bytes.insert(stray, at: Int.random(in: 0...bytes.count, using: &random))
    }
    if Int.random(in: 0..<4, using: &random) == 0 { _ = bytes.popLast() }
    return bytes
  }

  mutating func options() -> LinearRegex.Options {
    LinearRegex.Options(rawValue: UInt8.random(in: 0..<8, using: &random))
  }

  mutating func pattern(depth: Int = 3) -> String {
    let count = Int.random(in: 1...2, using: &random)
    return (0..<count).map { _ in sequence(depth: depth) }.joined(separator: "|")
  }

  private mutating func sequence(depth: Int) -> String {
    (0..<Int.random(in: depth == 3 ? 1...4 : 1...3, using: &random))
      .map { _ in item(depth: depth) }.joined()
  }

  private mutating func item(depth: Int) -> String {
    let choice = Int.random(in: 0..<12, using: &random)
    switch choice {
    case 0: return ["^", "$", "\\A", "\\z", "\\Z"].randomElement(using: &random) ?? "^"
    case 1 where usesShorthands: return ["\\b", "\\B"].randomElement(using: &random) ?? "\\b"
    case 2 where depth > 0, 3 where depth > 0:
      let head = ["(", "(?:", "(?i:", "(?s:", "(?m-i:"].randomElement(using: &random) ?? "("
      let loops = ["?", "??", "{2}", "", ""]
      let inner = pattern(depth: 0)
      return head + inner + ")"
        + (nestsLoops ? quantifier() : loops.randomElement(using: &random) ?? "")
    case 4 where depth > 0: return "(?:" + pattern(depth: depth - 1) + ")"
    default: return single() + quantifier()
    }
  }

  private mutating func single() -> String {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return "."
    case 1 where usesShorthands:
      return ["\\d", "\\D", "\\w", "\\W", "\\s", "\\S"].randomElement(using: &random) ?? "\\d"
    case 2, 3: return characterClass()
    case 4: return "\\n"
    default: return character()
    }
  }

  private mutating func characterClass() -> String {
    let mark = Bool.random(using: &random) ? "[^" : "["
    let members = (0..<Int.random(in: 1...3, using: &random)).map { _ -> String in
      let ends = [character(), character()].sorted {
        ($0.unicodeScalars.first?.value ?? 0) < ($1.unicodeScalars.first?.value ?? 0)
      }
      let isRange = Bool.random(using: &random) && !ends.contains("-")
      return isRange ? ends.joined(separator: "-") : "\\x{\(hexadecimal(ends[0]))}"
    }
    return mark + members.joined() + "]"
  }

  private func hexadecimal(_ text: String) -> String {
    String(text.unicodeScalars.first?.value ?? 0, radix: 16)
  }

  private mutating func quantifier() -> String {
    let quantifiers = ["*", "+", "?", "{2}", "{1,}", "{0,2}", "{2,3}", "*?", "+?", "??", "{1,2}?"]
    guard Int.random(in: 0..<3, using: &random) == 0 else { return "" }
    return quantifiers.randomElement(using: &random) ?? ""
  }

  private mutating func character() -> String {
    alphabet.randomElement(using: &random) ?? "a"
  }
}

/// The meaning of a tree written down, with sets of places in the text.
struct ReferenceMatcher {
  /// The scalars of the text, with each stray byte as a number beyond them.
  let characters: [UInt32]

  static let stray: UInt32 = 0xFFFF_FFFF

  init(_ bytes: [UInt8]) {
    var characters: [UInt32] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      // The one length, if any, at which the standard library finds a scalar.
      let count = (1...4).first { length in
        rest.count >= length && String(validating: rest.prefix(length), as: UTF8.self) != nil
      }
      let text = count.flatMap { String(validating: rest.prefix($0), as: UTF8.self) }
      characters.append(text?.unicodeScalars.first?.value ?? Self.stray)
      rest = rest.dropFirst(count ?? 1)
    }
    self.characters = characters
  }

  func matches(_ node: RegexNode) -> Bool {
    !ends(of: node, from: Set(0...characters.count)).isEmpty
  }

  private func ends(of node: RegexNode, from starts: Set<Int>) -> Set<Int> {
    switch node {
    case .empty: return starts
    case .scalar(let scalar): return advance(starts) { $0 == scalar }
    case .set(let set):
      return advance(starts) { $0 == Self.stray ? set.includesStrayBytes : set.contains($0) }
    case .assertion(let assertion): return starts.filter { holds(assertion, at: $0) }
    case .sequence(let parts): return parts.reduce(starts) { ends(of: $1, from: $0) }
    case .alternatives(let parts):
      return parts.reduce(into: Set<Int>()) { $0.formUnion(ends(of: $1, from: starts)) }
    case .repetition(let part, let countMin, let countMax):
      var places = starts
      for _ in 0..<countMin { places = ends(of: part, from: places) }
      var all = places
      var count = countMin
      while !places.isEmpty, count < countMax ?? .max {
        places = ends(of: part, from: places).subtracting(all)
        all.formUnion(places)
        count += 1
      }
      return all
    }
  }

  private func advance(_ starts: Set<Int>, where isIncluded: (UInt32) -> Bool) -> Set<Int> {
    Set(starts.filter { $0 < characters.count && isIncluded(characters[$0]) }.map { $0 + 1 })
  }

  private func holds(_ assertion: RegexAssertion, at place: Int) -> Bool {
    let count = characters.count
    let isWordBefore = place > 0 && ScalarSet.wordCharacters.contains(characters[place - 1])
    let isWordAfter = place < count && ScalarSet.wordCharacters.contains(characters[place])
    let isNewlineAfter = place < count && characters[place] == 0x0A
    return switch assertion {
    case .textStart: place == 0
    case .lineStart: place == 0 || (place < count && characters[place - 1] == 0x0A)
    case .textEnd: place == count
    case .textEndOrFinalNewline: place == count || (place == count - 1 && isNewlineAfter)
    case .lineEnd: place == count || isNewlineAfter
    case .wordBoundary: isWordBefore != isWordAfter
    case .notWordBoundary: isWordBefore == isWordAfter
    }
  }
}

/// Makes texts that a tree matches, as long as its assertions are left out of account.
struct RegexSampler {
  var random: SplitMix64

  mutating func sample(_ node: RegexNode) -> String {
    switch node {
    case .empty, .assertion: return ""
    case .scalar(let scalar): return text(of: scalar)
    case .set(let set): return text(of: member(of: set))
    case .sequence(let parts): return parts.map { sample($0) }.joined()
    case .alternatives(let parts):
      return parts.randomElement(using: &random).map { sample($0) } ?? ""
    case .repetition(let part, let countMin, let countMax):
      let most = min(countMax ?? countMin + 3, countMin + 3)
      return (0..<Int.random(in: countMin...most, using: &random)).map { _ in sample(part) }
        .joined()
    }
  }

  /// Prefers printable ASCII, which is what real texts hold.
  private mutating func member(of set: ScalarSet) -> UInt32 {
    for _ in 0..<20 {
      let scalar = UInt32.random(in: 0x20...0x7E, using: &random)
      if set.contains(scalar) { return scalar }
    }
    return set.ranges.randomElement(using: &random)?.lowerBound ?? 0
  }

  private func text(of scalar: UInt32) -> String {
    Unicode.Scalar(scalar).map { String($0) } ?? ""
  }
}
