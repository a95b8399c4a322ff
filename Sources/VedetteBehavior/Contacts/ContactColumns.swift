import VedetteColumns
import VedetteEvent
import VedetteFindings

/// Who contacts what in the rows of a batch.
struct ContactColumns {
  /// An event's contact.
  struct Pair {
    var actor: UInt64
    var target: UInt64

    /// What the pair is known by.
    var hash: UInt64 {
      let mixed = (actor &* 0x9e37_79b9_7f4a_7c15) ^ (target << 29 | target >> 35)
      return mixed &* 0xff51_afd7_ed55_8ccd
    }
  }

  /// Names say more than the address behind them, which many share.
  private static let targetFields = ["dns.question.name", "destination.domain", "destination.ip"]
  private static let actorFields: [(field: String, type: EntityType)] = [
    ("source.ip", .ip), ("host.name", .host), ("user.name", .user),
  ]
  private static let use = -2

  private var actors: [(column: CodedColumn, type: EntityType)] = []
  private var targets: [CodedColumn] = []

  /// Creates the columns, or `nil` where no event of the batch has a target.
  init?(_ batch: EventBatch, _ hashes: CodeHashes) {
    func coded(_ field: String) -> CodedColumn? {
      batch.column(field).map {
        CodedColumn($0, Self.use, hashes) { $0.isEmpty || $0 == "-" ? nil : $0 }
      }
    }
    targets = Self.targetFields.compactMap(coded)
    guard !targets.isEmpty else { return nil }
    actors = Self.actorFields.compactMap { actor in coded(actor.field).map { ($0, actor.type) } }
    guard !actors.isEmpty else { return nil }
  }

  /// Gives back what was worked out, for the next batch.
  func giveBack(_ hashes: inout CodeHashes) {
    for actor in actors { actor.column.giveBack(&hashes) }
    for target in targets { target.giveBack(&hashes) }
  }

  /// The pair of a row, or `nil` if it has no actor, no target, or both are the same.
  mutating func pair(_ row: Int) -> Pair? {
    guard let target = Self.first(&targets, row) else { return nil }
    for index in actors.indices {
      let actor = actors[index].column.hash(row)
      guard actor != 0 else { continue }
      return actor == target ? nil : Pair(actor: actor, target: target)
    }
    return nil
  }

  /// The texts of a row's pair.
  func names(_ row: Int) -> (actor: EntityKey, target: String)? {
    let actor = actors.lazy.compactMap { actor in
      actor.column.value(row).map { EntityKey(type: actor.type, value: $0) }
    }.first
    let target = targets.lazy.compactMap { $0.value(row) }.first
    guard let actor, let target else { return nil }
    return (actor, target)
  }

  private static func first(_ columns: inout [CodedColumn], _ row: Int) -> UInt64? {
    for index in columns.indices {
      let hash = columns[index].hash(row)
      if hash != 0 { return hash }
    }
    return nil
  }
}

/// What kind of address a target is.
enum ContactTarget {
  /// Whether it is an address of one's own network.
  static func isInside(_ target: String) -> Bool {
    guard let address = IPAddress(target) else { return false }
    return inside.contains { $0.contains(address) }
  }

  /// Whether it is no single machine: devices announce themselves there by the clock.
  static func isMany(_ target: String) -> Bool {
    guard let address = IPAddress(target) else { return false }
    return many.contains { $0.contains(address) }
  }

  /// The entity that a target is.
  static func entity(_ target: String) -> Entity {
    Entity(type: IPAddress(target) == nil ? .host : .ip, value: target, role: .target)
  }

  private static let inside = [
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8",
    "100.64.0.0/10", "fc00::/7", "fe80::/10", "::1/128",
  ].compactMap(CIDRBlock.init)

  private static let many = ["224.0.0.0/4", "255.255.255.255/32", "ff00::/8"]
    .compactMap(CIDRBlock.init)
}
