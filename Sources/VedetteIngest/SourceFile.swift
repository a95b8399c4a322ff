public import VedetteEvent

/// One file to read, and the logical source it belongs to.
public struct SourceFile: Sendable, Hashable {
  /// The file's path; `-` is standard input.
  public let path: SourcePath
  /// The path without rotation and compression suffixes.
  public let source: SourceID

  /// Creates a file that belongs to the source its path names.
  ///
  /// - Parameter path: The file's path; `-` is standard input.
  public init(_ path: SourcePath) {
    self.init(path, of: SourceID(path.logicalPath.description))
  }

  /// Creates a file that belongs to a source of its own name.
  ///
  /// - Parameters:
  ///   - path: The file's path; `-` is standard input.
  ///   - source: The logical source.
  public init(_ path: SourcePath, of source: SourceID) {
    self.path = path
    self.source = source
  }
}

extension SourcePath {
  /// The path without rotation and compression suffixes.
  var logicalPath: SourcePath { replacingName(RotationName(name).logicalName) }
}
