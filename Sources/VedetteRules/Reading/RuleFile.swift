/// A rule file in memory: read from a folder, or embedded in the program.
public struct RuleFile: Sendable, Hashable {
  /// The path to show in messages, as the user gave it.
  public var path: String
  /// The path below the folder that was given; what a rule without an id is known by.
  public var relativePath: String
  /// The content.
  public var bytes: [UInt8]
  /// Whether its rules look at events of every log source if they name none: no file of a user's is,
  /// whose author has to say what a rule is for.
  public var isForAnyLogSource = false

  /// Creates a file.
  ///
  /// - Parameters:
  ///   - path: The path to show in messages.
  ///   - relativePath: The path below the folder that was given.
  ///   - bytes: The content.
  public init(path: String, relativePath: String, bytes: [UInt8]) {
    self.path = path
    self.relativePath = relativePath
    self.bytes = bytes
  }
}
