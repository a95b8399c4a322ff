public import VedetteEvent

/// Something that happened to a source itself, which an operator or an analyst should know.
///
/// A log that is cut short or written over without a rotation is what an intruder leaves behind.
public struct SourceEvent: Sendable, Equatable {
  /// What can happen to a source.
  public enum Kind: Sendable, Equatable {
    /// The file is shorter than what was read of it, and there is no rotated copy.
    case truncated(bytesBefore: Int64)
    /// The file holds something else where it was read, and there is no rotated copy.
    case overwritten(bytesBefore: Int64)
    /// The file is gone, and no other took its place.
    case gone
    /// The file or folder can't be read; it is tried again.
    case unreadable(IngestError.Problem)
    /// What could not be read before can be read now.
    case readable
    /// Changes are not reported for all folders: the sources are looked at in intervals instead.
    case polling(IngestError.Problem)
  }

  /// The logical source, or the path where no source is known yet.
  public let source: SourceID
  /// The file's or folder's path.
  public let path: String
  /// What happened.
  public let kind: Kind

  /// Creates an event.
  ///
  /// - Parameters:
  ///   - source: The logical source.
  ///   - path: The file's or folder's path.
  ///   - kind: What happened.
  public init(source: SourceID, path: String, kind: Kind) {
    self.source = source
    self.path = path
    self.kind = kind
  }
}
