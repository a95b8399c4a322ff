/// What an entity is.
public enum EntityType: String, Sendable, Hashable, CaseIterable {
  /// An address, per RFC 5952.
  case ip
  /// An account name.
  case user
  /// A machine.
  case host
  /// A key of a model service or gateway: its id or alias, never a secret.
  case apiKey = "api_key"
  /// A cloud access key's id.
  case accessKey = "access_key"
  /// A cloud identity, as an ARN.
  case principal
  /// A tenant or cloud account.
  case tenant
  /// A team of a gateway.
  case team
  /// A model.
  case model
  /// A service or daemon.
  case service
}

extension EntityType {
  /// Its place among all cases.
  package var code: UInt8 {
    switch self {
    case .ip: 0
    case .user: 1
    case .host: 2
    case .apiKey: 3
    case .accessKey: 4
    case .principal: 5
    case .tenant: 6
    case .team: 7
    case .model: 8
    case .service: 9
    }
  }
}

/// What an entity does in a finding.
public enum EntityRole: String, Sendable, Hashable, CaseIterable {
  /// It acted.
  case actor
  /// It was acted on.
  case target
  /// The act came from there, which others may share.
  case source
  /// It is the model that was called.
  case model
}

/// A user, host, address, key or the like that things happen to.
public struct Entity: Sendable, Hashable {
  /// What it is.
  public var type: EntityType
  /// Its value as logged; an address per RFC 5952, a secret only as `sha256:` and 16 hex digits.
  public var value: String
  /// What it does.
  public var role: EntityRole

  /// Creates an entity.
  ///
  /// - Parameters:
  ///   - type: What it is.
  ///   - value: Its value.
  ///   - role: What it does.
  public init(type: EntityType, value: String, role: EntityRole) {
    self.type = type
    self.value = value
    self.role = role
  }

  /// The entity without its role.
  public var key: EntityKey { EntityKey(type: type, value: value) }
}

/// An entity whatever it does: what state is kept for and findings are joined by.
public struct EntityKey: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// What it is.
  public var type: EntityType
  /// Its value.
  public var value: String

  /// Creates a key.
  ///
  /// - Parameters:
  ///   - type: What it is.
  ///   - value: Its value.
  public init(type: EntityType, value: String) {
    self.type = type
    self.value = value
  }

  /// Orders by type, then value.
  ///
  /// - Parameters:
  ///   - lhs: A key.
  ///   - rhs: Another.
  /// - Returns: Whether the left one comes first.
  public static func < (lhs: EntityKey, rhs: EntityKey) -> Bool {
    (lhs.type.rawValue, lhs.value) < (rhs.type.rawValue, rhs.value)
  }

  /// 32 bits of a hash of both: equal for equal keys, rarely for others, the same everywhere.
  ///
  /// - Complexity: O(*n*) in the length of the value: keep it with what is asked for often.
  package var shortHash: UInt32 {
    var hash = StableHash(seed: UInt64(type.code))
    hash.combine(value)
    return UInt32(truncatingIfNeeded: hash.value)
  }

  /// `access_key:AKIA..`, the form that `entities show` reads.
  public var description: String { type.rawValue + ":" + value }

  /// Reads the form that ``description`` prints, or returns `nil` if it is not of that form.
  ///
  /// - Parameter text: A type, a colon and a value.
  public init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":"),
      let type = EntityType(rawValue: String(text[..<colon]))
    else { return nil }
    self.init(type: type, value: String(text[text.index(after: colon)...]))
  }
}
