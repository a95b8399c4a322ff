import VedetteDocuments
public import VedetteEvent

/// The values of a configuration: each is of its type, or an error at its place.
extension ConfigurationLoader {
  func mapping(_ node: Node) throws(ConfigurationError) -> Mapping {
    guard let mapping = node.mapping else {
      throw failure(node, "expected keys and values, not \(node.kind)")
    }
    return mapping
  }

  func text(_ node: Node) throws(ConfigurationError) -> String {
    guard let scalar = node.scalar, scalar.value != .null else {
      throw failure(node, "expected a text, not \(node.kind)")
    }
    return scalar.text
  }

  func texts(_ node: Node) throws(ConfigurationError) -> [String] {
    guard let items = node.sequence else { return [try text(node)] }
    var texts: [String] = []
    for item in items { texts.append(try text(item)) }
    return texts
  }

  func truth(_ node: Node) throws(ConfigurationError) -> Bool {
    guard case .boolean(let value) = node.scalar?.value else {
      throw failure(node, "expected true or false")
    }
    return value
  }

  func count(
    _ node: Node,
    _ range: ClosedRange<Int>
  ) throws(ConfigurationError) -> Int {
    guard case .integer(let value) = node.scalar?.value, let count = Int(exactly: value),
      range.contains(count)
    else {
      throw failure(
        node,
        "expected a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return count
  }

  func rate(_ node: Node) throws(ConfigurationError) -> Double {
    let value: Double? =
      switch node.scalar?.value {
      case .integer(let number): Double(number)
      case .number(let number): number
      default: nil
      }
    guard let value, (0...1_000).contains(value) else {
      throw failure(node, "expected a number from 0 to 1000")
    }
    return value
  }

  func duration(_ node: Node) throws(ConfigurationError) -> Int64 {
    let text = try text(node)
    guard let nanoseconds = Quantities.duration(text) else {
      throw failure(node, "'\(text)' is no duration; write one such as 90s, 15m, 12h or 3d")
    }
    return nanoseconds
  }

  func bytes(_ node: Node) throws(ConfigurationError) -> Int {
    let text = try text(node)
    guard let bytes = Quantities.bytes(text) else {
      throw failure(node, "'\(text)' is no size; write one such as 64MiB or 1GiB")
    }
    return bytes
  }

  func logSource(_ node: Node) throws(ConfigurationError) -> LogSource {
    let text = try text(node)
    guard let source = LogSource(assertion: text) else {
      throw failure(
        node,
        "'\(text)' is no log source; write product=linux,service=sshd with any of product, category and service"
      )
    }
    return source
  }

  func failure(_ node: Node, _ problem: String) -> ConfigurationError {
    ConfigurationError(path: path, position: node.position, problem: problem)
  }

  func failure(_ entry: Mapping.Entry, _ problem: String) -> ConfigurationError {
    ConfigurationError(path: path, position: entry.keyPosition, problem: problem)
  }

  func unknown(_ entry: Mapping.Entry, of keys: [String]) -> ConfigurationError {
    let hint = suggestion(entry.key, keys)
    let known = hint.isEmpty ? "; known are \(keys.joined(separator: ", "))" : hint
    return failure(entry, "unknown key '\(entry.key)'\(known)")
  }

  func suggestion(_ name: String, _ names: [String]) -> String {
    NearestName.of(name, in: names).map { "; did you mean '\($0)'?" } ?? ""
  }
}

/// Durations and sizes as people write them.
public enum Quantities {
  /// Returns a duration in nanoseconds, or `nil` if the text is none: `90s`, `15m`, `12h`, `3d`.
  public static func duration(_ text: String) -> Int64? {
    let units: [(String, Int64)] = [
      ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
      ("d", 86_400_000_000_000), ("w", 604_800_000_000_000),
    ]
    for (suffix, scale) in units where text.hasSuffix(suffix) {
      guard let count = Int64(text.dropLast(suffix.count)), count >= 0 else { continue }
      let (nanoseconds, overflow) = count.multipliedReportingOverflow(by: scale)
      return overflow ? nil : nanoseconds
    }
    return nil
  }

  /// Returns a size in bytes, or `nil` if the text is none: `64MiB`, `1GiB`, `500kB`, `4096`.
  public static func bytes(_ text: String) -> Int? {
    let units: [(String, Int)] = [
      ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1_000), ("MB", 1_000_000),
      ("GB", 1_000_000_000), ("B", 1), ("", 1),
    ]
    for (suffix, scale) in units where text.hasSuffix(suffix) {
      guard let count = Int(text.dropLast(suffix.count)), count > 0 else { continue }
      let (bytes, overflow) = count.multipliedReportingOverflow(by: scale)
      return overflow ? nil : bytes
    }
    return nil
  }
}

extension LogSource {
  /// Reads `product=windows,category=process_creation`, or returns `nil` if the text is not of that
  /// form.
  public init?(assertion text: String) {
    self.init()
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[1].isEmpty else { return nil }
      let value = String(sides[1])
      switch sides[0] {
      case "product": product = value
      case "category": category = value
      case "service": service = value
      default: return nil
      }
    }
  }
}
