public import VedetteEvent

/// How far a logical source is, counted since the database began.
///
/// The counts are absolute: whoever goes on counting starts from what is stored.
public struct SourceStatus: Sendable, Hashable {
  /// A number of dead letters of one kind.
  public struct ReasonCount: Sendable, Hashable {
    /// The reason, in a few words.
    public var reason: String
    /// How many.
    public var count: Int

    /// Creates a count.
    ///
    /// - Parameters:
    ///   - reason: The reason, in a few words.
    ///   - count: How many.
    public init(reason: String, count: Int) {
      self.reason = reason
      self.count = count
    }
  }

  /// The logical source.
  public var source: SourceID
  /// The format it is read as.
  public var format = ""
  /// Why that one.
  public var formatReason = ""
  /// What is wrong with it now, if anything: it is gone, it can't be read.
  public var problem: String?
  /// Records read.
  public var records = 0
  /// Events made of them.
  public var events = 0
  /// Bytes read, after decompression.
  public var bytes = 0
  /// Events that came behind the watermark.
  public var lateEvents = 0
  /// What the reasons in ``deadLetters`` begin with that are no records: what a listener lost.
  public static let lossPrefix = "lost: "
  /// Records that could not be read, by reason, in order of the reason, and what was lost before it
  /// was a record.
  public var deadLetters: [ReasonCount] = []
  /// The earliest event time.
  public var firstEvent: EventTime?
  /// The latest event time.
  public var lastEvent: EventTime?
  /// The time before which nothing more is expected.
  public var watermark: EventTime?
  /// When something was last read, by the clock on the wall.
  public var lastRead: EventTime?

  /// Creates the status of a source of which nothing was read yet.
  ///
  /// - Parameter source: The logical source.
  public init(source: SourceID) { self.source = source }
}
