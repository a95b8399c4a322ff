import VedetteEvent

/// What is remembered of an entity value by value, so that a new one stands out.
enum ValueAttribute: Int, CaseIterable, Sendable {
  case network
  case operation
  case host
  case model
  case region
  case agent
  /// An operation from a network, where each was seen before, but not together.
  case combination

  /// What it is made of, if it is a combination.
  static let parts: [ValueAttribute] = [.operation, .network]

  /// The feature's name in an explanation.
  var name: String {
    switch self {
    case .network: "source_network"
    case .operation: "operation"
    case .host: "host"
    case .model: "model"
    case .region: "region"
    case .agent: "user_agent_family"
    case .combination: "operation_from_network"
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
    case .combination: "combination"
    }
  }

  /// The field that holds it; none of a combination.
  var field: String {
    switch self {
    case .network: "source.ip"
    case .operation: "event.action"
    case .host: "host.name"
    case .model: "gen_ai.request.model"
    case .region: "cloud.region"
    case .agent: "user_agent.original"
    case .combination: ""
    }
  }

  /// Turns the field's value into what is remembered, or `nil` if there is nothing to remember.
  func value(of text: String) -> String? {
    guard !text.isEmpty, text != "-" else { return nil }
    return switch self {
    case .network: NetworkAddress.network(of: text)
    case .agent: AgentFamily.family(of: text)
    case .operation, .host, .model, .region: text
    case .combination: nil
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

  /// Sets the hash of the combination, if the event has all of its parts.
  mutating func combine() {
    let (operation, network) = (self[.operation], self[.network])
    guard operation != 0, network != 0 else { return }
    let mixed = (operation &* 0x9e37_79b9_7f4a_7c15) ^ (network << 23 | network >> 41)
    self[.combination] = max(2, mixed &* 0xff51_afd7_ed55_8ccd)
  }
}

/// The network that stands for an address where there is no table of networks.
enum NetworkAddress {
  /// Cuts an address down to its /24 or /48.
  ///
  /// - Parameter address: An IPv4 or IPv6 address as text.
  /// - Returns: The network in CIDR notation, or `nil` if the text is no address.
  static func network(of address: String) -> String? {
    // A zone says through which interface, not where from.
    guard let address = IPAddress(String(address.prefix { $0 != "%" })) else { return nil }
    return address.network(prefixLength: address.isIPv4 ? 24 : 48).description
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
