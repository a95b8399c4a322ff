import FoundationEssentials
import VedetteDocuments
public import VedetteEvent

/// Something that others have seen attackers use.
public struct Indicator: Sendable, Hashable {
  /// What kind of thing it is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// An address, in the form of RFC 5952.
    case address
    /// A network, as `10.0.0.0/8`.
    case network
    /// A name, which stands for all names below it too.
    case domain
    /// An MD5, SHA-1 or SHA-256 in hex digits.
    case hash
  }

  /// What kind of thing it is.
  public var kind: Kind
  /// The thing, in lower case.
  public var value: String

  /// Reads an indicator, or returns `nil` if the text is none of the kinds.
  ///
  /// - Parameter text: An address, a network, a domain or a hash; `[.]` is read as a dot.
  public init?(_ text: String) {
    let plain = text.replacing("[.]", with: ".").lowercased()
    if let address = IPAddress(plain) {
      (kind, value) = (.address, address.description)
    } else if plain.contains("/"), let network = CIDRBlock(plain) {
      // It would say of every address that somebody has seen an attacker use it.
      guard network.prefixLength > 0 else { return nil }
      (kind, value) = (.network, network.description)
    } else if [32, 40, 64].contains(plain.utf8.count), plain.allSatisfy(\.isHexDigit) {
      (kind, value) = (.hash, plain)
    } else {
      let name = plain.hasPrefix("*.") ? String(plain.dropFirst(2)) : plain
      let labels = name.split(separator: ".", omittingEmptySubsequences: false)
      let isName =
        labels.count >= 2
        && labels.allSatisfy { label in
          !label.isEmpty
            && label.utf8.allSatisfy { byte in
              (97...122).contains(byte) || (48...57).contains(byte) || byte == 45 || byte == 95
                || byte >= 0x80
            }
        }
      guard isName, name.utf8.count <= 253 else { return nil }
      (kind, value) = (.domain, name)
    }
  }
}

/// Reads files of indicators: CSV with a column `indicator` (or `value`, or the first), or bundles
/// of STIX 2.1.
///
/// Of a bundle the objects of type `indicator` count whose pattern is equality, or `ISSUBSET` of a
/// network, joined by `OR`; others are counted. What is revoked, or valid no longer, is left out.
public struct IndicatorReader {
  /// What a file holds.
  public struct Feed: Sendable, Hashable {
    /// The file's name without its ending.
    public var name: String
    /// The indicators, each once, by kind, then value.
    public var indicators: [Indicator]
    /// Lines and objects that are none that can be used.
    public var skippedCount: Int
    /// The first few of them, each with what it says and why it can't be used.
    public var skipped: [String]
    /// Objects that are revoked or no longer valid.
    public var endedCount: Int
  }

  private let path: String
  private let now: EventTime?
  private var found: Set<Indicator> = []
  private var skippedCount = 0
  private var skipped: [String] = []
  private var endedCount = 0
  private static let skippedNamedMax = 5

  private init(path: String, now: EventTime?) {
    self.path = path
    self.now = now
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - now: When validity is judged; `nil` for not at all.
  /// - Returns: What it holds.
  /// - Throws: ``ConfigurationError`` if it can't be read.
  public static func read(_ path: String, now: EventTime?) throws(ConfigurationError) -> Feed {
    var reader = IndicatorReader(path: path, now: now)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw reader.failure("can't be read; check path and permission")
    }
    let bytes = Array(data)
    if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
      try reader.readBundle(data)
    } else {
      try reader.readTable(bytes)
    }
    guard reader.found.count <= Limits.indicatorsMax else {
      throw reader.failure("over \(Limits.indicatorsMax) indicators; split the file")
    }
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return Feed(
      name: file.split(separator: ".").first.map(String.init) ?? file,
      indicators: reader.found.sorted {
        ($0.kind.rawValue, $0.value) < ($1.kind.rawValue, $1.value)
      },
      skippedCount: reader.skippedCount,
      skipped: reader.skipped,
      endedCount: reader.endedCount
    )
  }

  private mutating func readTable(_ bytes: [UInt8]) throws(ConfigurationError) {
    let table = try WatchlistReader.table(bytes, path)
    let names = table.header.map { $0.lowercased() }
    var rows = table.rows
    var column = names.firstIndex(of: "indicator") ?? names.firstIndex(of: "value")
    if column == nil {
      column = 0
      // A list without a header: its first line is one of its own.
      if Indicator(table.header[0]) != nil { rows.insert(table.header, at: 0) }
    }
    for row in rows {
      guard let column else { continue }
      guard let indicator = Indicator(row[column]) else {
        skip(row[column])
        continue
      }
      found.insert(indicator)
    }
  }

  /// Counts what can't be used, and keeps the first few to name them.
  private mutating func skip(_ text: String) {
    skippedCount += 1
    guard skipped.count < Self.skippedNamedMax else { return }
    let why =
      CIDRBlock(text).map { $0.prefixLength == 0 } == true && text.contains("/")
      ? "every address is in it" : "no address, network, domain or hash"
    skipped.append("'\(text.prefix(80))' (\(why))")
  }

  private struct Bundle: Decodable {
    struct Object: Decodable {
      var type: String
      var pattern: String?
      var pattern_type: String?
      var valid_until: String?
      var revoked: Bool?
    }
    var objects: [Object]?
  }

  private mutating func readBundle(_ data: Data) throws(ConfigurationError) {
    let bundle: Bundle
    do {
      bundle = try JSONDecoder().decode(Bundle.self, from: data)
    } catch {
      throw failure("neither CSV nor a STIX 2.1 bundle: a bundle is an object with 'objects'")
    }
    for object in bundle.objects ?? [] where object.type == "indicator" {
      let end = object.valid_until.flatMap { EventTime(rfc3339: $0) }
      if object.revoked == true || end.map({ end in now.map { end <= $0 } ?? false }) == true {
        endedCount += 1
        continue
      }
      let values = object.pattern.flatMap { pattern in
        (object.pattern_type ?? "stix") == "stix" ? STIXPattern.values(pattern) : nil
      }
      let indicators = values?.map { Indicator($0) }
      guard let indicators, !indicators.isEmpty, !indicators.contains(nil) else {
        let bad = values?.first { Indicator($0) == nil }
        skip(bad ?? object.pattern ?? "an indicator without a pattern")
        continue
      }
      found.formUnion(indicators.compactMap(\.self))
    }
  }

  private func failure(_ problem: String) -> ConfigurationError {
    ConfigurationError(path: path, position: .start, problem: problem)
  }
}

/// Patterns of STIX 2.1, as far as they compare one property with values.
enum STIXPattern {
  private static let properties = [
    "ipv4-addr:value", "ipv6-addr:value", "domain-name:value", "file:hashes.",
  ]

  /// Returns the values that a pattern compares with, any of which is enough; `nil` if it says
  /// anything else.
  static func values(_ pattern: String) -> [String]? {
    var rest = pattern[...]
    var values: [String] = []
    var depth = 0
    var needsValue = true
    while true {
      rest = rest.drop(while: \.isWhitespace)
      guard let first = rest.first else { return needsValue || depth != 0 ? nil : values }
      if first == "[" || first == "(" {
        depth += 1
        rest = rest.dropFirst()
      } else if first == "]" || first == ")" {
        depth -= 1
        rest = rest.dropFirst()
      } else if !needsValue {
        guard rest.hasPrefix("OR") else { return nil }
        rest = rest.dropFirst(2)
        needsValue = true
      } else {
        guard let value = comparison(&rest) else { return nil }
        values.append(value)
        needsValue = false
      }
    }
  }

  /// Takes `property = 'value'` from the start of a text.
  private static func comparison(_ rest: inout Substring) -> String? {
    guard properties.contains(where: { rest.hasPrefix($0) }) else { return nil }
    guard let space = rest.firstIndex(where: { $0 == "=" || $0 == " " }) else { return nil }
    rest = rest[space...].drop(while: \.isWhitespace)
    let operators = ["=", "ISSUBSET"]
    guard let operation = operators.first(where: { rest.hasPrefix($0) }) else { return nil }
    rest = rest.dropFirst(operation.count).drop(while: \.isWhitespace)
    guard rest.first == "'" else { return nil }
    rest = rest.dropFirst()
    guard let end = rest.firstIndex(of: "'"), !rest[..<end].contains("\\") else { return nil }
    let value = String(rest[..<end])
    rest = rest[rest.index(after: end)...]
    return value
  }
}
