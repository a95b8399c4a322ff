import VedetteEvent
import VedetteFindings

extension SourceActivity {
  /// Parts the name of the source from what a row of it is about.
  static let partMark = "\u{1f}"

  /// Makes a row of the state.
  ///
  /// - Parameters:
  ///   - name: What it is about.
  ///   - key: The entity, if it is about one.
  ///   - bytes: Its bytes, or `nil` if it is gone.
  /// - Returns: The row.
  func row(_ name: String, _ key: EntityKey?, _ bytes: [UInt8]?) -> StateRow {
    StateRow(
      detector: BehaviorDetector.name,
      shard: key.map { Int(StableHash.of($0.description) & 63) } ?? 0,
      key: id.name + Self.partMark + name,
      bytes: bytes
    )
  }
}
