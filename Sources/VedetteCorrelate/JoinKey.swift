import VedetteEvent

/// By which of its entities a finding joins others.
///
/// Whoever acts joins: a key, a principal, an account on its host, an address. What many share (a
/// host that is attacked, a model, a team) never joins by itself. The same account name on two hosts
/// is two accounts.
enum JoinKey {
  private static let order: [EntityType] = [.accessKey, .apiKey, .principal, .user, .ip]

  /// Returns every key that a finding with these entities joins others by.
  static func all(_ entities: [Entity]) -> [String] {
    let host = entities.first { $0.type == .host }?.value
    var keys: [String] = []
    for entity in entities {
      switch (entity.type, entity.role) {
      case (.accessKey, .actor), (.apiKey, .actor), (.principal, .actor):
        keys.append(entity.key.description)
      case (.user, .actor):
        keys.append(host.map { entity.key.description + "@" + $0 } ?? entity.key.description)
      case (.ip, .actor), (.ip, .source):
        keys.append(entity.key.description)
      default: break
      }
    }
    return keys
  }

  /// Returns the one key that a rule's own matches are folded by: the strongest there is.
  static func primary(_ entities: [Entity]) -> String {
    let host = entities.first { $0.type == .host }?.value
    for type in order {
      guard
        let entity = entities.first(where: {
          $0.type == type && ($0.role == .actor || $0.type == .ip)
        })
      else { continue }
      if type == .user, let host { return entity.key.description + "@" + host }
      return entity.key.description
    }
    return host.map { "host:\($0)" } ?? ""
  }
}
