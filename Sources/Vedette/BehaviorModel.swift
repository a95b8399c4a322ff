public import VedetteBehavior
import VedetteDigest
public import VedetteEvent
import VedetteFindings
public import VedetteStore

/// What the baselines and forests of a database know.
public struct BehaviorModel: Sendable {
  /// What it was learned under that is different now, in words; if anything is, it is not used, and
  /// what a database knows is learned anew.
  public let differences: [String]
  /// The SHA-256 of the state, in hex: two models with the same one say the same of everything.
  public let digest: String
  /// The bytes of the state.
  public let byteCount: Int
  /// The rows of the state, as hex by key.
  public let rows: [(key: String, shard: Int, state: String)]
  private let detector: BehaviorDetector

  /// Reads what a database knows.
  ///
  /// - Parameters:
  ///   - store: The database.
  ///   - configuration: How the baselines learn.
  /// - Throws: ``StoreError`` if it can't be read.
  public init(of store: IncidentStore, configuration: PipelineConfiguration) throws(StoreError) {
    let stored = try store.state(
      of: BehaviorDetector.name,
      under: Engine.behaviorDigests(configuration)
    )
    differences = stored.differences
    let sorted = stored.rows.sorted { ($0.shard, $0.key) < ($1.shard, $1.key) }
    var builder = DigestBuilder()
    for row in sorted {
      let bytes = row.bytes ?? []
      builder.update("\(row.shard) \(row.key.utf8.count) \(bytes.count)\n\(row.key)")
      builder.update(bytes)
    }
    digest = builder.digest.hex
    byteCount = sorted.reduce(0) { $0 + ($1.bytes?.count ?? 0) }
    rows = sorted.map { ($0.key, $0.shard, Self.hex($0.bytes ?? [])) }
    detector = BehaviorDetector(
      restoring: stored.rows,
      configuration: configuration.behavior,
      identifier: Engine.identifier
    )
  }

  /// Whether nothing is known.
  public var isEmpty: Bool { rows.isEmpty }

  /// What is known, and what is still learning.
  public var summary: BehaviorSummary { detector.summary() }

  /// Tells what is known of entities.
  ///
  /// - Parameter matches: Whether an entity is wanted.
  /// - Returns: Their states, by entity, then source.
  public func entities(where matches: (EntityKey) -> Bool) -> [EntityStatus] {
    detector.entities(where: matches)
  }

  /// Forgets what a database knows.
  ///
  /// - Parameter store: The database, open for the pipeline: not while a run writes into it.
  /// - Returns: How much was forgotten.
  /// - Throws: ``StoreError`` if it can't be written.
  public static func reset(_ store: IncidentStore) throws(StoreError) -> IncidentStore.StateSize {
    _ = try store.removeState(of: ModelAccessDetector.name)
    return try store.removeState(of: BehaviorDetector.name)
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.count)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
