public import VedetteEvent

/// How much it matters when something happens to a host, an account or a service.
public enum AssetCriticality: String, Sendable, Hashable, CaseIterable {
  /// A machine for trying things out.
  case low
  /// One among many.
  case medium
  /// Many depend on it.
  case high
  /// The house stands on it.
  case critical

  /// What it adds to a risk, 0 to 6.
  public var points: Int {
    switch self {
    case .low: 0
    case .medium: 2
    case .high: 4
    case .critical: 6
    }
  }
}

/// How critical entities are; what is not listed is not critical.
public struct AssetTable: Sendable, Hashable {
  private let criticalities: [EntityKey: AssetCriticality]

  /// Creates a table.
  ///
  /// - Parameter criticalities: How critical each entity is.
  public init(_ criticalities: [EntityKey: AssetCriticality] = [:]) {
    self.criticalities = criticalities
  }

  /// How critical an entity is, or `nil` if nobody said so.
  public subscript(_ entity: EntityKey) -> AssetCriticality? { criticalities[entity] }

  /// Returns the most critical of entities; of equal ones the first in order.
  ///
  /// - Parameter entities: Entities.
  /// - Returns: The entity and how critical it is, or `nil` if none is listed.
  public func mostCritical(
    of entities: some Sequence<EntityKey>
  ) -> (entity: EntityKey, criticality: AssetCriticality)? {
    guard !criticalities.isEmpty else { return nil }
    var best: (entity: EntityKey, criticality: AssetCriticality)?
    for entity in entities.sorted() {
      guard let criticality = criticalities[entity] else { continue }
      if let known = best, known.criticality.points >= criticality.points { continue }
      best = (entity, criticality)
    }
    return best
  }
}
