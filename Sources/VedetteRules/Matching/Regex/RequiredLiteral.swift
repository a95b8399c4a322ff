// Finds a text that everything a pattern matches must contain, so that a scan for many texts at
// once can rule most patterns out before any automaton runs.

/// What is known of the text in the matches of one node, letters of ASCII in lower case.
struct RequiredLiteral {
  /// The one text that is matched, if there is only one.
  private var exact: [UInt32]?
  /// What each match begins with.
  private var prefix: [UInt32] = []
  /// What each match ends with.
  private var suffix: [UInt32] = []
  /// The longest text found inside every match.
  private var inner: [UInt32] = []

  /// Longer texts rule out no more, and `(a{1000}){1000}` is one that long.
  private static let scalarCountMax = 256

  /// Learns what a pattern requires.
  init(of node: RegexNode) {
    switch node {
    case .empty, .assertion:
      self.init(exact: [])
    case .scalar(let scalar):
      self.init(exact: [Self.lowercased(scalar)])
    case .set(let set):
      self.init(of: set)
    case .sequence(let parts):
      self.init(sequence: parts.map(Self.init(of:)))
    case .alternatives(let parts):
      self.init(alternatives: parts.map(Self.init(of:)))
    case .repetition(let part, let countMin, let countMax):
      let single = countMin > 0 ? RequiredLiteral(of: part) : RequiredLiteral()
      guard single.exact != nil || !single.inner.isEmpty else {
        self.init()
        return
      }
      // One more than fills the longest literal tells as much as all of them.
      let count = min(countMin, Self.scalarCountMax + 1)
      self.init(sequence: Array(repeating: single, count: count))
      if countMax != countMin || count != countMin { exact = nil }
    }
  }

  /// The longest text in every match as UTF-8, or nil if there is none.
  var longest: [UInt8]? {
    guard !inner.isEmpty else { return nil }
    return inner.compactMap(Unicode.Scalar.init).flatMap { Array(String($0).utf8) }
  }

  /// Knows nothing.
  private init() {}

  private init(exact text: [UInt32]) {
    exact = text
    prefix = text
    suffix = text
    inner = text
  }

  /// Knows a set only if its members are one and the same in lower case.
  private init(of set: ScalarSet) {
    self.init()
    let count = set.ranges.reduce(0) { $0 + $1.count }
    guard !set.includesStrayBytes, (1...2).contains(count) else { return }
    let folded = set.ranges.flatMap { $0.map(Self.lowercased) }
    guard let first = folded.first, folded.allSatisfy({ $0 == first }) else { return }
    self = RequiredLiteral(exact: [first])
  }

  private init(sequence parts: [RequiredLiteral]) {
    var known = RequiredLiteral(exact: [])
    for part in parts { known.append(part) }
    self = known
  }

  private mutating func append(_ next: RequiredLiteral) {
    let seam = suffix + (next.exact ?? next.prefix)
    let isExact = exact != nil && next.exact != nil
    inner = [inner, next.inner, seam].reduce(into: []) { best, text in
      if text.count > best.count { best = Array(text.prefix(Self.scalarCountMax)) }
    }
    if exact != nil { prefix = Array((prefix + next.prefix).prefix(Self.scalarCountMax)) }
    suffix = next.exact == nil ? next.suffix : Array(seam.suffix(Self.scalarCountMax))
    exact = isExact && seam.count <= Self.scalarCountMax ? seam : nil
  }

  private init(alternatives parts: [RequiredLiteral]) {
    self.init()
    guard let first = parts.first else { return }
    if let text = first.exact, parts.allSatisfy({ $0.exact == text }) {
      self = RequiredLiteral(exact: text)
      return
    }
    prefix = parts.dropFirst().reduce(first.prefix) { Self.commonPrefix($0, $1.prefix) }
    let backward = parts.dropFirst().reduce(Array(first.suffix.reversed())) {
      Self.commonPrefix($0, $1.suffix.reversed())
    }
    suffix = backward.reversed()
    let isShared = parts.allSatisfy { $0.inner == first.inner }
    inner = [suffix, isShared ? first.inner : []].reduce(prefix) {
      $1.count > $0.count ? $1 : $0
    }
  }

  private static func commonPrefix(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    var count = 0
    while count < min(left.count, right.count), left[count] == right[count] { count += 1 }
    return Array(left.prefix(count))
  }

  private static func lowercased(_ scalar: UInt32) -> UInt32 {
    (0x41...0x5A).contains(scalar) ? scalar + 0x20 : scalar
  }
}
