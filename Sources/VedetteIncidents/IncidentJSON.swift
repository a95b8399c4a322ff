import VedetteEvent
public import VedetteFindings

/// Incidents as JSON, with keys in a fixed order and absent where there is nothing to say.
public enum IncidentJSON {
  /// Returns an incident with its findings and activity as a JSON object in one line.
  ///
  /// - Parameters:
  ///   - detail: The incident.
  ///   - idDigits: Hex digits of ids; 32 are all.
  /// - Returns: The object.
  public static func text(_ detail: IncidentDetail, idDigits: Int) -> String {
    var json = JSONWriter()
    write(detail, .shown(idDigits: idDigits), to: &json)
    return json.text
  }

  /// Returns an incident as it is exported: with the end of all activity as its last member.
  static func text(_ detail: IncidentDetail, head: ActivityHead) -> String {
    var json = JSONWriter()
    json.object { json in
      writeContents(detail, .shown(idDigits: 32), to: &json)
      json.member("activity_head", head.description)
    }
    return json.text
  }

  /// Returns an incident of a list, without findings and activity, as a JSON object in one line.
  ///
  /// - Parameters:
  ///   - one: The incident.
  ///   - idDigits: Hex digits of ids; 32 are all.
  /// - Returns: The object.
  public static func text(_ one: TriagedIncident, idDigits: Int) -> String {
    var json = JSONWriter()
    json.object { json in
      writeMembers(one.incident, one.triage, .shown(idDigits: idDigits), to: &json)
    }
    return json.text
  }

  static func write(_ detail: IncidentDetail, _ form: JSONForm, to json: inout JSONWriter) {
    json.object { json in writeContents(detail, form, to: &json) }
  }

  private static func writeContents(
    _ detail: IncidentDetail,
    _ form: JSONForm,
    to json: inout JSONWriter
  ) {
    writeMembers(detail.incident, detail.triage, form, to: &json)
    if !detail.findings.isEmpty {
      json.key("findings")
      json.array { json in
        for finding in detail.findings { FindingJSON.write(finding, form, to: &json) }
      }
    }
    if case .shown = form, !detail.activity.isEmpty {
      json.key("activity")
      json.array { json in for one in detail.activity { write(one, to: &json) } }
    }
  }

  static func writeMembers(
    _ incident: Incident,
    _ triage: Triage?,
    _ form: JSONForm,
    to json: inout JSONWriter
  ) {
    json.member("id", form.id("INC-", incident.id))
    json.member("title", incident.title)
    json.member("severity", incident.severity.name)
    json.member("risk", incident.risk)
    if case .shown = form, let triage {
      json.member("status", triage.status.rawValue)
      json.member("classification", triage.classification?.rawValue)
      json.member("owner", triage.owner)
    }
    json.member("first_seen", incident.firstSeen.description)
    json.member("last_seen", incident.lastSeen.description)
    FindingJSON.write(incident.entities, to: &json)
    json.member("techniques", incident.techniques)
    json.member("tactics", incident.tactics)
    json.member("finding_count", incident.findingCount)
    json.member("event_count", incident.eventCount)
    if case .shown = form { json.member("sources", incident.sources.map(\.name)) }
    json.key("explanation")
    json.object { json in
      if !incident.narrative.isEmpty { json.member("summary", incident.narrative) }
      json.key("terms")
      json.array { json in
        for term in incident.riskTerms {
          json.object { json in
            json.member("label", term.label)
            json.member("points", term.points)
          }
        }
      }
    }
  }

  private static func write(_ activity: Activity, to json: inout JSONWriter) {
    json.object { json in
      json.member("time", activity.time.description)
      json.member("user", activity.user)
      json.member("action", activity.action)
      json.member("detail", activity.detail)
    }
  }
}
