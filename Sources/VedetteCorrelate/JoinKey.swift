import VedetteEvent
import VedetteFindings

/// By which of its entities a finding joins others.
///
/// Whoever acts joins: a key, a principal, an account on its host, an address. What many share (a
/// host that is attacked, a model, a team, an address or key that is known to be shared) never joins
/// by itself: a shared address or key joins only together with the account that it is about or, where
/// no account acts, with the host or model. The same account name on two hosts is two accounts.
enum JoinKey {
  private static let order: [EntityType] = [.accessKey, .apiKey, .principal, .user, .ip]

  /// Returns every key that a finding with these entities joins others by.
  ///
  /// - Parameters:
  ///   - entities: The entities.
  ///   - joins: Whether an address or key joins by itself.
  ///   - isShared: Whether it is known to be shared, and so joins together with another.
  /// - Returns: The keys.
  static func all(
    _ entities: [Entity],
    joins: (EntityKey) -> Bool = { _ in true },
    isShared: (EntityKey) -> Bool = { _ in false }
  ) -> [String] {
    let hosts = entities.filter { $0.type == .host }.map(\.value)
    var keys: [String] = []
    for entity in entities {
      switch (entity.type, entity.role) {
      case (.accessKey, .actor), (.principal, .actor): keys.append(entity.key.description)
      case (.user, .actor): keys += accounts(entity, hosts)
      case (.apiKey, .actor), (.ip, .actor), (.ip, .source):
        if joins(entity.key) { keys.append(entity.key.description) }
        if isShared(entity.key) { keys += pairs(entity, entities, hosts) }
      default: break
      }
    }
    return keys
  }

  /// Returns the accounts on the hosts of a finding that it is about.
  static func targets(_ entities: [Entity]) -> [String] {
    let hosts = entities.filter { $0.type == .host }.map(\.value)
    return entities.filter { $0.type == .user && $0.role == .target }.flatMap {
      accounts($0, hosts)
    }
  }

  /// Returns the one key that a rule's own matches are folded by: the strongest there is.
  ///
  /// - Parameters:
  ///   - entities: The entities.
  ///   - isShared: Whether an address or key is known to be shared.
  /// - Returns: The key.
  static func primary(
    _ entities: [Entity],
    isShared: (EntityKey) -> Bool = { _ in false }
  ) -> String {
    let host = entities.first { $0.type == .host }?.value
    for type in order {
      guard
        let entity = entities.first(where: {
          $0.type == type && ($0.role == .actor || $0.type == .ip) && !isShared($0.key)
        })
      else { continue }
      if type == .user, let host { return entity.key.description + "@" + host }
      return entity.key.description
    }
    if let shared = entities.first(where: { isShared($0.key) }) {
      let hosts = host.map { [$0] } ?? []
      return pairs(shared, entities, hosts).first ?? shared.key.description
    }
    return host.map { "host:\($0)" } ?? ""
  }

  private static func accounts(_ user: Entity, _ hosts: [String]) -> [String] {
    hosts.isEmpty
      ? [user.key.description] : hosts.map { user.key.description + "@" + $0 }
  }

  /// A shared entity with each account and, where none acts, with each host or model.
  private static func pairs(
    _ shared: Entity,
    _ entities: [Entity],
    _ hosts: [String]
  ) -> [String] {
    let users = entities.filter { $0.type == .user }
    var others = users.flatMap { accounts($0, hosts) }
    if !users.contains(where: { $0.role == .actor }) { others += hosts }
    if others.isEmpty { others = entities.filter { $0.type == .model }.map(\.value) }
    return others.map { shared.key.description + " " + $0 }
  }
}
