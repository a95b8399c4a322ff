/// A file of a scenario: where it lies in the scenario's folder and what it holds.
public struct ScenarioFile: Sendable, Equatable {
  /// The path below the scenario's folder, `auth.log`.
  public let path: String
  /// What the file holds.
  public let bytes: [UInt8]

  /// Creates a file.
  ///
  /// - Parameters:
  ///   - path: The path below the scenario's folder.
  ///   - bytes: What the file holds.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}
