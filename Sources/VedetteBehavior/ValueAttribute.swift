/// What is remembered of an entity value by value, so that a new one stands out.
enum ValueAttribute: Int, CaseIterable, Sendable {
  case network
  case operation
  case host
  case model
  case region
  case agent

  /// The feature's name in an explanation.
  var name: String {
    switch self {
    case .network: "source_network"
    case .operation: "operation"
    case .host: "host"
    case .model: "model"
    case .region: "region"
    case .agent: "user_agent_family"
    }
  }

  /// What is new, for a sentence.
  var noun: String {
    switch self {
    case .network: "source network"
    case .operation: "operation"
    case .host: "host"
    case .model: "model"
    case .region: "region"
    case .agent: "client program"
    }
  }

  /// The field that holds it.
  var field: String {
    switch self {
    case .network: "source.ip"
    case .operation: "event.action"
    case .host: "host.name"
    case .model: "gen_ai.request.model"
    case .region: "cloud.region"
    case .agent: "user_agent.original"
    }
  }

  /// Turns the field's value into what is remembered, or `nil` if there is nothing to remember.
  func value(of text: String) -> String? {
    guard !text.isEmpty, text != "-" else { return nil }
    return switch self {
    case .network: NetworkAddress.network(of: text)
    case .agent: AgentFamily.family(of: text)
    case .operation, .host, .model, .region: text
    }
  }
}

/// The hashes of an event's values; 0 where it has none.
struct AttributeHashes: Sendable, Equatable {
  private var hashes = SIMD8<UInt64>(repeating: 0)

  subscript(attribute: ValueAttribute) -> UInt64 {
    get { hashes[attribute.rawValue] }
    set { hashes[attribute.rawValue] = newValue }
  }
}

/// The network that stands for an address where there is no table of networks.
enum NetworkAddress {
  /// Cuts an address down to its /24 or /48.
  ///
  /// - Parameter address: An IPv4 or IPv6 address as text.
  /// - Returns: The network in CIDR notation, or `nil` if the text is no address.
  static func network(of address: String) -> String? {
    if address.utf8.contains(UInt8(ascii: ":")) { return networkOf6(address) }
    let octets = address.split(separator: ".", omittingEmptySubsequences: false)
    guard octets.count == 4, octets.allSatisfy({ UInt8($0) != nil }) else { return nil }
    return "\(octets[0]).\(octets[1]).\(octets[2]).0/24"
  }

  private static func networkOf6(_ address: String) -> String? {
    // A zone says through which interface, not where from.
    let plain = address.prefix { $0 != "%" }
    var groups: [UInt16] = []
    let parts = plain.split(separator: ":", omittingEmptySubsequences: false)
    // An IPv4 address in IPv6 clothes, as "::ffff:203.0.113.9".
    if let last = parts.last, last.contains(".") { return network(of: String(last)) }
    guard parts.count >= 3, parts.count <= 9 else { return nil }
    for part in parts.prefix(3) {
      // An empty part is where zeros were left out: at least one group of them, mostly more.
      if part.isEmpty { break }
      guard part.utf8.count <= 4, let group = UInt16(part, radix: 16) else { return nil }
      groups.append(group)
    }
    while groups.last == 0 { groups.removeLast() }
    return groups.map { String($0, radix: 16) }.joined(separator: ":") + "::/48"
  }
}

/// The program that calls itself something with a version number.
enum AgentFamily {
  /// Browsers all begin with Mozilla; what they are stands further on, most telling first.
  private static let browsers = ["Edg", "OPR", "Firefox", "Chrome", "Safari"]

  /// Takes the family out of a user agent.
  ///
  /// - Parameter agent: The whole text.
  /// - Returns: The family without a version, or `nil` if there is none.
  static func family(of agent: String) -> String? {
    let products = agent.split(separator: " ").map { $0.prefix { $0 != "/" && $0 != ";" } }
    guard let first = products.first, !first.isEmpty else { return nil }
    guard first == "Mozilla" else { return String(first.prefix(64)) }
    return browsers.first { browser in products.contains { $0 == browser } } ?? "Mozilla"
  }
}
