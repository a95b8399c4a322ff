public import VedetteEvent
public import VedetteFindings

/// An analyst's decision not to be told of something again, with a reason and an end.
///
/// What it covers is stored and counted all the same, but opens no incident and joins none.
public struct FindingException: Sendable, Hashable {
  /// What it is called, in counts and in the findings it hides.
  public var id: String
  /// Ids of rules, of which a finding's must be one; any if there are none.
  public var rules: [String]
  /// Entities, of which a finding must name one; any if there are none.
  public var entities: [EntityPattern]
  /// Logical sources, with `*`, beside which a finding must rest on none; any if there are none.
  public var sources: [String]
  /// Why.
  public var reason: String
  /// When it ends, in event time: findings at or after it are told again.
  public var expires: EventTime
  /// Who decided, if it is known.
  public var author: String?

  /// Creates an exception.
  ///
  /// - Parameters:
  ///   - id: What it is called.
  ///   - rules: Ids of rules.
  ///   - entities: Entities.
  ///   - sources: Logical sources.
  ///   - reason: Why.
  ///   - expires: When it ends.
  ///   - author: Who decided.
  public init(
    id: String,
    rules: [String],
    entities: [EntityPattern],
    sources: [String],
    reason: String,
    expires: EventTime,
    author: String?
  ) {
    self.id = id
    self.rules = rules
    self.entities = entities
    self.sources = sources
    self.reason = reason
    self.expires = expires
    self.author = author
  }

  /// Says whether a finding is covered: everything it names must hold, and its end not be reached.
  ///
  /// - Parameter finding: The finding.
  /// - Returns: Whether it is.
  public func covers(_ finding: Finding) -> Bool {
    guard finding.time < expires else { return false }
    if !rules.isEmpty, !rules.contains(finding.rule?.id ?? finding.detector.rawValue) {
      return false
    }
    if !entities.isEmpty,
      !entities.contains(where: { pattern in finding.entities.contains { pattern.matches($0) } })
    {
      return false
    }
    guard !sources.isEmpty else { return true }
    return finding.sources.allSatisfy { source in
      sources.contains { Glob.matches(source.name, $0) }
    }
  }

  /// What it covers, in a line.
  public var scope: String {
    var parts: [String] = []
    if !rules.isEmpty { parts.append("rule \(rules.joined(separator: " or "))") }
    if !entities.isEmpty {
      parts.append("entity \(entities.map(\.description).joined(separator: " or "))")
    }
    if !sources.isEmpty { parts.append("source \(sources.joined(separator: " or "))") }
    return parts.joined(separator: ", ")
  }
}

/// An entity as an exception names it: `user:svc-*`, `ip:10.0.0.0/8`.
public struct EntityPattern: Sendable, Hashable, CustomStringConvertible {
  private let type: EntityType
  private let value: String
  private let network: CIDRBlock?

  /// Reads a pattern, or returns `nil` if it names no type of entity or nothing of it.
  ///
  /// - Parameter text: `type:value`, the value with `*` for anything, or a network.
  public init?(_ text: String) {
    guard let key = EntityKey(text), !key.value.isEmpty else { return nil }
    type = key.type
    value = key.value
    network = key.type == .ip && value.contains("/") ? CIDRBlock(value) : nil
    if key.type == .ip, value.contains("/"), network == nil { return nil }
  }

  /// `type:value`, as it was given.
  public var description: String { "\(type.rawValue):\(value)" }

  func matches(_ entity: Entity) -> Bool {
    guard entity.type == type else { return false }
    if let network { return IPAddress(entity.value).map(network.contains) ?? false }
    return Glob.matches(entity.value, value)
  }
}

/// Texts with `*` for anything.
enum Glob {
  /// Says whether a text is of a form.
  ///
  /// - Complexity: O(text x pattern)
  static func matches(_ text: String, _ pattern: String) -> Bool {
    let (text, pattern) = (Array(text.utf8), Array(pattern.utf8))
    let star = UInt8(ascii: "*")
    var (place, next) = (0, 0)
    var retry: (place: Int, next: Int)?
    while place < text.count {
      if next < pattern.count, pattern[next] == star {
        retry = (place, next + 1)
        next += 1
      } else if next < pattern.count, pattern[next] == text[place] {
        (place, next) = (place + 1, next + 1)
      } else if let last = retry {
        retry = (last.place + 1, last.next)
        (place, next) = (last.place + 1, last.next)
      } else {
        return false
      }
    }
    return pattern[next...].allSatisfy { $0 == star }
  }
}

/// The exceptions of an installation: which of them, if any, covers a finding.
public struct ExceptionSet: Sendable, Hashable {
  /// The exceptions, in the order in which they were read: the first that covers a finding counts.
  public let exceptions: [FindingException]
  /// Where those of a rule are, and those of any.
  private let places: [String: [Int]]
  private let general: [Int]

  /// Creates a set.
  ///
  /// - Parameter exceptions: The exceptions.
  public init(_ exceptions: [FindingException]) {
    self.exceptions = exceptions
    var places: [String: [Int]] = [:]
    for (index, exception) in exceptions.enumerated() {
      for rule in exception.rules { places[rule, default: []].append(index) }
    }
    self.places = places
    general = exceptions.indices.filter { exceptions[$0].rules.isEmpty }
  }

  /// Whether there are none.
  public var isEmpty: Bool { exceptions.isEmpty }

  /// Returns the first exception that covers a finding, or `nil`.
  ///
  /// - Parameter finding: The finding.
  /// - Returns: The exception, if any.
  public func first(covering finding: Finding) -> FindingException? {
    let own = places[finding.rule?.id ?? finding.detector.rawValue] ?? []
    let index = (own + general).filter { exceptions[$0].covers(finding) }.min()
    return index.map { exceptions[$0] }
  }
}
