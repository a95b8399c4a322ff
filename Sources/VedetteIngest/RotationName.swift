/// What a file's name says about rotation: of which log it is a part, and which part.
///
/// `auth.log`, `auth.log.1`, `auth.log.2.gz` and `auth.log-20260101.gz` are one log. A number counts
/// as a rotation only behind a name that does not itself end in a number, so that the logs of the
/// hosts `10.0.0.1` and `10.0.0.2` stay two.
struct RotationName: Sendable, Equatable {
  /// The name without rotation and compression.
  let logicalName: [UInt8]
  let age: Age
  /// Whether the name says that the file is compressed; what it holds decides.
  let isNamedCompressed: Bool

  /// How old a part is: parts that sort first were written first.
  struct Age: Sendable, Equatable, Comparable {
    private let group: Int
    private let rank: Int64

    static let live = Age(group: 2, rank: 0)
    static func numbered(_ number: Int64) -> Age { Age(group: 1, rank: -number) }
    static func dated(_ digits: Int64) -> Age { Age(group: 0, rank: digits) }

    static func < (lhs: Age, rhs: Age) -> Bool {
      (lhs.group, lhs.rank) < (rhs.group, rhs.rank)
    }
  }

  init(_ name: some Collection<UInt8>) {
    var base = Array(name)
    isNamedCompressed = base.count > 3 && base.suffix(3) == Array(".gz".utf8)[...]
    if isNamedCompressed { base.removeLast(3) }
    if let (length, age) = Self.numbered(base) ?? Self.dated(base) {
      self.age = age
      logicalName = Array(base.prefix(length))
    } else {
      age = .live
      logicalName = base
    }
  }

  var isRotated: Bool { age != .live }

  /// `.0` to `.999`, and `.old`.
  private static func numbered(_ name: [UInt8]) -> (length: Int, age: Age)? {
    if name.count > 4, name.suffix(4) == Array(".old".utf8)[...] {
      return (name.count - 4, .numbered(1))
    }
    guard let dot = name.lastIndex(of: 0x2e), dot > 0 else { return nil }
    let digits = name[(dot + 1)...]
    guard (1...3).contains(digits.count), let number = number(digits) else { return nil }
    let before = name[..<dot]
    let last = before[(before.lastIndex(of: 0x2e).map { $0 + 1 } ?? 0)...]
    guard !last.isEmpty, last.contains(where: { !isDigit($0) }) else { return nil }
    return (dot, .numbered(number))
  }

  /// `-20260101`, `.2026-01-01`, `-2026-01-01_13`, `-20260101T130500`, `-1767225600`.
  private static func dated(_ name: [UInt8]) -> (length: Int, age: Age)? {
    for index in name.indices where index > 0 && (name[index] == 0x2d || name[index] == 0x2e) {
      let rest = name[(index + 1)...]
      guard rest.allSatisfy({ isDigit($0) || [0x2d, 0x2e, 0x5f, 0x54].contains($0) }) else {
        continue
      }
      let digits = rest.filter(isDigit)
      if isDate(digits), digits.count <= 14, let number = number(digits) {
        let padding = (0..<(14 - digits.count)).reduce(Int64(1)) { factor, _ in factor * 10 }
        return (index, .dated(number * padding))
      }
      if digits.count == rest.count, digits.count == 10, digits.first == 0x31,
        let seconds = number(digits)
      {
        return (index, .dated(seconds))
      }
    }
    return nil
  }

  private static func isDate(_ digits: [UInt8]) -> Bool {
    guard digits.count >= 8, let year = number(digits[0..<4]), let month = number(digits[4..<6]),
      let day = number(digits[6..<8])
    else { return false }
    return (1970...2199).contains(year) && (1...12).contains(month) && (1...31).contains(day)
  }

  private static func number(_ digits: some Collection<UInt8>) -> Int64? {
    guard !digits.isEmpty, digits.count <= 18, digits.allSatisfy(isDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
