public import VedetteEvent
public import VedetteFindings

/// What is sent about an incident: JSON in one line, without a raw log line in it.
public enum IncidentMessage {
  /// Returns a message.
  ///
  /// - Parameters:
  ///   - incident: The incident.
  ///   - reason: Why it is sent: `opened`, `worse` or `reopened`.
  ///   - database: The database as the command in it names it; empty if it finds it by itself.
  ///   - head: The end of the activity, for whoever checks it later.
  /// - Returns: The object.
  public static func text(
    _ incident: Incident,
    reason: String,
    database: String,
    head: ActivityHead
  ) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("reason", reason)
      json.member("summary", summary(incident, reason))
      json.key("incident")
      json.object { json in
        IncidentJSON.writeMembers(incident, nil, .shown(idDigits: 32), to: &json)
      }
      let suffix = database.isEmpty ? "" : " --db \(Wording.shellWord(database) ?? "PATH")"
      json.member("show", "vedette incidents show \(incident.id.hex.prefix(10))\(suffix)")
      json.member("activity_head", head.description)
    }
    return json.text
  }

  /// Returns a message that says only that it is a test.
  ///
  /// - Parameters:
  ///   - target: Whom it is for.
  ///   - time: When it is sent.
  ///   - head: The end of the activity.
  /// - Returns: The object.
  public static func test(target: String, time: EventTime, head: ActivityHead) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("reason", "test")
      json.member("summary", "a test of '\(TerminalText.visible(target))': nothing happened")
      json.member("time", time.description)
      json.member("activity_head", head.description)
    }
    return json.text
  }

  /// A line for a chat: `HIGH 84 SSH brute force by 203.0.113.9 (worse)`.
  private static func summary(_ incident: Incident, _ reason: String) -> String {
    let word = incident.severity.name.uppercased()
    let who = Participants(incident.entities)
    let by = who.hasActor ? " by \(who.name)" : ""
    let title = TerminalText.visible(incident.title)
    return "\(word) \(incident.risk) \(title)\(by)\(reason == "opened" ? "" : " (\(reason))")"
  }
}
