import VedetteEvent

/// A decision of an analyst about one incident.
public enum TriageAction: Sendable, Hashable {
  /// Somebody takes it, or nobody has it any more.
  case assign(to: String?)
  /// Something to remember.
  case comment(String)
  /// It is done.
  case close(as: Classification, reason: String)
  /// It is not done after all.
  case reopen(reason: String)

  /// The word that activity keeps.
  public var name: String {
    switch self {
    case .assign: "assign"
    case .comment: "comment"
    case .close: "close"
    case .reopen: "reopen"
    }
  }

  /// What activity keeps beside the word.
  public var detail: String {
    switch self {
    case .assign(let owner): owner ?? "nobody"
    case .comment(let text): text
    case .close(let classification, let reason): "\(classification.rawValue): \(reason)"
    case .reopen(let reason): reason
    }
  }

  /// Checks the decision and carries it out.
  ///
  /// - Parameter triage: What was decided before.
  /// - Returns: What is decided now.
  /// - Throws: ``TriageError`` if a text is empty or too long, or the decision changes nothing.
  public func applied(to triage: Triage) throws(TriageError) -> Triage {
    var next = triage
    switch self {
    case .assign(let owner):
      if let owner { try Self.check(owner, "owner", bytesMax: Limits.userNameBytesMax) }
      guard owner != triage.owner else { throw .alreadyOwned(by: owner) }
      next.owner = owner
      if owner != nil, triage.status == .new { next.status = .active }
    case .comment(let text):
      try Self.check(text, "comment", bytesMax: Limits.triageTextBytesMax)
    case .close(let classification, let reason):
      try Self.check(reason, "reason", bytesMax: Limits.triageTextBytesMax)
      guard triage.status != .closed || triage.classification != classification else {
        throw .alreadyClosed(as: classification)
      }
      next.status = .closed
      next.classification = classification
    case .reopen(let reason):
      try Self.check(reason, "reason", bytesMax: Limits.triageTextBytesMax)
      guard triage.status == .closed else { throw .notClosed }
      next.status = .active
      next.classification = nil
    }
    return next
  }

  /// Checks the name of whoever decides.
  ///
  /// - Parameter user: The name.
  /// - Throws: ``TriageError`` if it is empty or too long.
  public static func check(user: String) throws(TriageError) {
    try check(user, "user", bytesMax: Limits.userNameBytesMax)
  }

  private static func check(
    _ text: String,
    _ name: String,
    bytesMax: Int
  ) throws(TriageError) {
    guard text.contains(where: { !$0.isWhitespace }) else { throw .empty(name) }
    guard text.utf8.count <= bytesMax else {
      throw .tooLong(name, bytes: text.utf8.count, bytesMax: bytesMax)
    }
  }
}

/// A reason why a decision can't be carried out.
public enum TriageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A text that is needed is empty.
  case empty(String)
  /// A text is longer than its limit.
  case tooLong(String, bytes: Int, bytesMax: Int)
  /// It is that owner's already, or nobody's.
  case alreadyOwned(by: String?)
  /// It is closed as that already.
  case alreadyClosed(as: Classification)
  /// It can't be reopened because it is not closed.
  case notClosed
  /// It can't be merged into itself.
  case sameIncident

  /// What is wrong and what to do, in a line.
  public var description: String {
    switch self {
    case .empty(let name): "the \(name) is empty; give one"
    case .tooLong(let name, let bytes, let bytesMax):
      "the \(name) is \(bytes) bytes long, the limit is \(bytesMax); shorten it"
    case .alreadyOwned(let owner?): "already assigned to '\(owner)'; nothing to do"
    case .alreadyOwned(nil): "assigned to nobody already; nothing to do"
    case .alreadyClosed(let classification):
      "already closed as \(classification.rawValue); reopen it, or close it as something else"
    case .notClosed: "not closed; only a closed incident can be reopened"
    case .sameIncident: "both ids are the same incident; name two"
    }
  }
}

extension Triage {
  /// Decides about an incident that others became part of, so that nothing undecided gets hidden.
  ///
  /// It is closed only if all were; it is new only if nobody looked at any.
  ///
  /// - Parameter other: What was decided about the other.
  /// - Returns: What holds for both together.
  public func joined(with other: Triage) -> Triage {
    let status: IncidentStatus =
      if self.status == other.status { self.status } else { .active }
    return Triage(
      status: status,
      classification: status == .closed ? classification ?? other.classification : nil,
      owner: owner ?? other.owner
    )
  }
}
