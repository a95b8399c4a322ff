import VedetteDocuments
import VedetteEvent

/// By which keys of its outermost object a JSON record is known to be of a format.
///
/// A data file lists the combinations, the most special first: `eventName` and `eventSource` are
/// CloudTrail's, `log`, `stream` and `time` Docker's.
package struct KeySigns: Sendable {
  /// One key and what its value must be.
  package struct Sign: Sendable, Hashable {
    /// The key; of an object inside the outermost `outer/inner`.
    package var key: String
    /// What the value must be: `[` an array, `{` an object, else a pattern of a text or number.
    package var value: String
  }

  /// A combination of signs and the format that it is the mark of.
  package struct Combination: Sendable {
    /// The format.
    package var format: LogFormat
    /// The numbers of the signs.
    package var signs: [Int]
    fileprivate(set) var mask: (low: UInt64, high: UInt64) = (0, 0)
  }

  /// The combinations, the first that a record has decides.
  package private(set) var combinations: [Combination] = []
  /// Every sign once.
  package private(set) var signs: [Sign] = []
  private var byKey: [String: [Int]] = [:]
  private var prefixes: [(start: String, sign: Int)] = []
  private var patterns: [TextPattern] = []
  /// The first bytes that a key of a sign may have, so that most keys are not looked up.
  private var firstBytes = [Bool](repeating: false, count: 256)

  /// The signs in the binary.
  static let builtIn: KeySigns = {
    do throws(FormatMappingError) {
      return try KeySigns(PackageResources.detection_yml)
    } catch {
      preconditionFailure("the tables in the binary are damaged: \(error)")
    }
  }()

  /// Reads the data file.
  ///
  /// - Parameter bytes: Its content.
  /// - Throws: ``FormatMappingError`` for the first thing that is not understood.
  package init(_ bytes: [UInt8]) throws(FormatMappingError) {
    let reader = FormatMappingReader(file: "detection.yml")
    let documents: [Node]
    do throws(DocumentError) {
      documents = try DocumentReader().read(bytes)
    } catch {
      throw reader.error("\(error.problem)", error.position)
    }
    guard documents.count == 1, let list = documents[0].sequence else {
      throw reader.error("the signs are one list", .start)
    }
    for node in list {
      guard let entry = node.mapping?.entries.first, node.mapping?.entries.count == 1,
        let format = LogFormat(rawValue: entry.key), let keys = entry.value.mapping
      else { throw reader.error("an entry is a format and its keys", node.position) }
      var numbers: [Int] = []
      for key in keys.entries {
        guard let value = key.value.scalar?.text, !value.isEmpty else {
          throw reader.error("'\(key.key)' has no pattern", key.keyPosition)
        }
        numbers.append(number(of: Sign(key: key.key, value: value)))
      }
      guard !numbers.isEmpty else { throw reader.error("no keys", node.position) }
      combinations.append(Combination(format: format, signs: numbers))
    }
    guard signs.count <= 128 else { throw reader.error("more than 128 signs", .start) }
    for index in combinations.indices {
      for sign in combinations[index].signs {
        if sign < 64 {
          combinations[index].mask.low |= 1 << UInt64(sign)
        } else {
          combinations[index].mask.high |= 1 << UInt64(sign - 64)
        }
      }
    }
  }

  private mutating func number(of sign: Sign) -> Int {
    if let known = signs.firstIndex(of: sign) { return known }
    signs.append(sign)
    patterns.append(TextPattern(sign.value))
    let number = signs.count - 1
    let last = sign.key.split(separator: "/").last.map(String.init) ?? sign.key
    if let first = last.utf8.first { firstBytes[Int(first)] = true }
    if sign.key.hasSuffix("*") {
      prefixes.append((String(sign.key.dropLast()), number))
    } else {
      byKey[sign.key, default: []].append(number)
    }
    return number
  }

  /// The signs that a record has shown so far.
  struct Seen {
    fileprivate var low: UInt64 = 0
    fileprivate var high: UInt64 = 0
  }

  /// Whether a key may be one of a sign.
  func mayBeSign(_ first: UInt8) -> Bool { firstBytes[Int(first)] }

  /// Notes the signs that a key and its value are.
  ///
  /// - Parameters:
  ///   - key: The key, with that of the object around it and a slash if it is not outermost.
  ///   - value: The beginning of its value, at least as long as a text of it.
  ///   - seen: What was seen so far.
  func note(_ key: String, value: Span<UInt8>, in seen: inout Seen) {
    for sign in byKey[key] ?? [] where fits(sign, value) { add(sign, to: &seen) }
    for (start, sign) in prefixes where key.hasPrefix(start) && fits(sign, value) {
      add(sign, to: &seen)
    }
  }

  /// The format of the first combination of which all signs were seen.
  func format(of seen: Seen) -> LogFormat? {
    combinations.first { combination in
      combination.mask.low & ~seen.low == 0 && combination.mask.high & ~seen.high == 0
    }?.format
  }

  private func add(_ sign: Int, to seen: inout Seen) {
    if sign < 64 { seen.low |= 1 << UInt64(sign) } else { seen.high |= 1 << UInt64(sign - 64) }
  }

  private func fits(_ sign: Int, _ value: Span<UInt8>) -> Bool {
    guard value.count > 0 else { return false }
    switch signs[sign].value {
    case "*": return true
    case "[": return value[0] == UInt8(ascii: "[")
    case "{": return value[0] == UInt8(ascii: "{")
    default:
      guard value[0] == .quote else {
        let end = JSONTokens.end(ofValueAt: 0, value)
        return patterns[sign].matches(value.extracting(0..<end))
      }
      let end = value.offset(of: .quote, from: 1)
      return patterns[sign].matches(value.extracting(1..<max(1, end)))
    }
  }
}
