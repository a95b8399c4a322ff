public import VedetteEvent

/// One thing that was done about an incident, by whom and when.
///
/// Activity is only ever added to.
public struct Activity: Sendable, Hashable {
  /// Its place in the order of all activity, from one.
  public var number: Int
  /// The incident it was done to, by the id it had then.
  public var incident: FindingID
  /// When, by the clock on the wall.
  public var time: EventTime
  /// Who: a user name, or `vedette` for what the pipeline did.
  public var user: String
  /// What, in a word: `comment`, `assign`, `close`, `reopen`, `merge`.
  public var action: String
  /// What of it: the comment, the reason, the owner.
  public var detail: String

  /// Creates an activity.
  ///
  /// - Parameters:
  ///   - number: Its place in the order of all activity.
  ///   - incident: The incident it was done to.
  ///   - time: When, by the clock on the wall.
  ///   - user: Who.
  ///   - action: What, in a word.
  ///   - detail: What of it.
  public init(
    number: Int,
    incident: FindingID,
    time: EventTime,
    user: String,
    action: String,
    detail: String
  ) {
    self.number = number
    self.incident = incident
    self.time = time
    self.user = user
    self.action = action
    self.detail = detail
  }
}
