import VedetteEvent

/// Who did what to whom, out of a list of entities.
struct Participants {
  /// Accounts, identities and services that acted.
  let names: [String]
  /// Keys they acted with.
  let keys: [String]
  /// Addresses it came from.
  let addresses: [String]
  /// Accounts that were acted on.
  let accounts: [String]
  /// Machines and services that were acted on.
  let machines: [String]
  /// Models that were called.
  let models: [String]
  /// Teams and tenants it belongs to.
  let groups: [String]

  /// Reads entities, in their order.
  ///
  /// - Parameters:
  ///   - entities: The entities of a finding or incident.
  ///   - show: Returns the text for one; by default what a terminal may show.
  init(_ entities: [Entity], show: (EntityKey) -> String = Wording.masked) {
    func values(_ roles: [EntityRole], _ types: [EntityType]) -> [String] {
      var found: [String] = []
      for entity in entities where roles.contains(entity.role) && types.contains(entity.type) {
        let value = show(entity.key)
        if !found.contains(value) { found.append(value) }
      }
      return found
    }
    names = values([.actor], [.user, .principal, .service, .host])
    keys = values([.actor], [.accessKey, .apiKey])
    addresses = values([.actor, .source], [.ip])
    accounts = values([.target], [.user, .principal, .accessKey, .apiKey])
    machines = values([.target], [.host, .service, .ip])
    models = values([.model, .target], [.model])
    groups = values([.actor, .source, .target], [.team, .tenant])
  }

  /// Whether somebody or something acted, so that the first part is its name.
  var hasActor: Bool { !names.isEmpty || !keys.isEmpty || !addresses.isEmpty }

  /// The one to name where there is room for one: who acted, else where from, else on whom.
  var name: String {
    for values in [names, keys, addresses, accounts, machines, models, groups] where !values.isEmpty
    {
      return Wording.list(values, most: 1)
    }
    return "-"
  }

  /// Everyone, in parts: `svc (AKIA..7Q)`, `from 203.0.113.9`, `against root`, `on bastion`.
  var parts: [String] {
    var parts: [String] = []
    var (names, keys, addresses) = (names, keys, addresses)
    if names.isEmpty { (names, keys) = (keys, []) }
    if names.isEmpty { (names, addresses) = (addresses, []) }
    if !names.isEmpty {
      let with = keys.isEmpty ? "" : " (\(Wording.list(keys, most: 2)))"
      parts.append(Wording.list(names, most: 3) + with)
    }
    let others = [
      ("from", addresses), ("against", accounts), ("on", machines), ("model", models),
      ("of", groups),
    ]
    for (word, values) in others where !values.isEmpty {
      parts.append("\(word) \(Wording.list(values, most: 3))")
    }
    return parts
  }
}
