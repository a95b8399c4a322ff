/// A value whose whole state can be written as bytes and read back exactly.
///
/// A restored value goes on bit for bit as the one that was written: same scores, same next state.
public protocol Snapshotting {
  /// Writes the state.
  ///
  /// - Parameter writer: Where to.
  func write(to writer: inout SnapshotWriter)

  /// Reads the state, or fails if the bytes are not one.
  ///
  /// - Parameter reader: Where from.
  init?(from reader: inout SnapshotReader)
}

extension Snapshotting {
  /// The whole state as bytes.
  public var snapshot: [UInt8] {
    var writer = SnapshotWriter()
    write(to: &writer)
    return writer.bytes
  }

  /// Creates a value from a ``snapshot``, or returns `nil` if the bytes are not one.
  ///
  /// - Parameter snapshot: The bytes, all of them and no more.
  public init?(restoring snapshot: [UInt8]) {
    var reader = SnapshotReader(snapshot)
    self.init(from: &reader)
    guard reader.isComplete else { return nil }
  }
}
