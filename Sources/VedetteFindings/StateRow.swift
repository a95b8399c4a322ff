/// A piece of a detector's state, as it is saved.
///
/// Saved in the transaction that holds the incidents and checkpoints of the same batch, so that a
/// restart goes on with exactly the state of that moment.
public struct StateRow: Sendable, Hashable {
  /// The detector that owns it.
  public var detector: String
  /// The logical shard: a stable hash of the entity, whatever the number of workers.
  public var shard: Int
  /// What it belongs to: an entity, a rule and group, or a part of the detector.
  public var key: String
  /// The state, or `nil` if the row is to be deleted.
  public var bytes: [UInt8]?

  /// Creates a row.
  ///
  /// - Parameters:
  ///   - detector: The owner.
  ///   - shard: The logical shard.
  ///   - key: What it belongs to.
  ///   - bytes: The state, or `nil` to delete it.
  public init(detector: String, shard: Int, key: String, bytes: [UInt8]?) {
    self.detector = detector
    self.shard = shard
    self.key = key
    self.bytes = bytes
  }
}
