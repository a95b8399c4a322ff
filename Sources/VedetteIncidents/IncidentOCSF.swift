import VedetteEvent
import VedetteFindings

/// Incidents as Detection Findings of the Open Cybersecurity Schema Framework (class 2004 of
/// category 2, version 1.3.0, with the profile `incident`), an object a line.
///
/// Times are milliseconds since 1970. What the schema has no place for (the terms of the risk, the
/// end of the activity) is under `unmapped`.
enum IncidentOCSF {
  private static let version = "1.3.0"
  private static let classID = 2004

  static func text(_ detail: IncidentDetail, head: ActivityHead) -> String {
    let incident = detail.incident
    let activity = activity(detail.triage)
    var json = JSONWriter()
    json.object { json in
      json.member("activity_id", activity.id)
      json.member("activity_name", activity.name)
      json.member("category_uid", 2)
      json.member("category_name", "Findings")
      json.member("class_uid", classID)
      json.member("class_name", "Detection Finding")
      json.member("type_uid", classID * 100 + activity.id)
      json.member("type_name", "Detection Finding: \(activity.name)")
      json.member("time", milliseconds(incident.lastSeen))
      json.member("start_time", milliseconds(incident.firstSeen))
      json.member("end_time", milliseconds(incident.lastSeen))
      json.member("count", incident.eventCount)
      json.member("severity_id", severityID(incident.severity))
      json.member("severity", severityName(incident.severity))
      json.member("risk_score", incident.risk)
      writeStatus(detail.triage, to: &json)
      json.member("message", incident.narrative.isEmpty ? incident.title : incident.narrative)
      writeMetadata(incident, to: &json)
      writeInfo(detail, to: &json)
      writeObservables(incident, to: &json)
      writeEvidence(detail, to: &json)
      json.key("unmapped")
      json.object { json in
        json.member("activity_head", head.description)
        json.key("risk_terms")
        json.array { json in
          for term in incident.riskTerms {
            json.object { json in
              json.member("label", term.label)
              json.member("points", term.points)
            }
          }
        }
        let (atlas, _) = Wording.split(incident.techniques)
        json.member("atlas_techniques", atlas)
      }
    }
    return json.text + "\n"
  }

  private static func activity(_ triage: Triage) -> (id: Int, name: String) {
    switch triage.status {
    case .new: (1, "Create")
    case .active: (2, "Update")
    case .closed: (3, "Close")
    }
  }

  private static func writeStatus(_ triage: Triage, to json: inout JSONWriter) {
    let (id, name): (Int, String) =
      switch (triage.status, triage.classification) {
      case (.new, _): (1, "New")
      case (.active, _): (2, "In Progress")
      case (.closed, .benign), (.closed, .falsePositive): (3, "Suppressed")
      case (.closed, _): (4, "Resolved")
      }
    json.member("status_id", id)
    json.member("status", name)
    guard let classification = triage.classification else { return }
    let (verdict, word): (Int, String) =
      switch classification {
      case .falsePositive: (1, "False Positive")
      case .truePositive: (2, "True Positive")
      case .benign: (5, "Benign")
      case .undetermined: (7, "Insufficient Data")
      }
    json.member("verdict_id", verdict)
    json.member("verdict", word)
  }

  private static func writeMetadata(_ incident: Incident, to json: inout JSONWriter) {
    json.key("metadata")
    json.object { json in
      json.member("version", version)
      json.key("profiles")
      json.array { $0.string("incident") }
      json.key("product")
      json.object { json in
        json.member("name", "Vedette")
        json.member("vendor_name", "Vedette")
        json.member("uid", "vedette")
      }
      json.member("uid", "INC-\(incident.id.hex)")
    }
  }

  private static func writeInfo(_ detail: IncidentDetail, to json: inout JSONWriter) {
    let incident = detail.incident
    json.key("finding_info")
    json.object { json in
      json.member("uid", "INC-\(incident.id.hex)")
      json.member("title", incident.title)
      if !incident.narrative.isEmpty { json.member("desc", incident.narrative) }
      json.member("first_seen_time", milliseconds(incident.firstSeen))
      json.member("last_seen_time", milliseconds(incident.lastSeen))
      json.member("data_sources", incident.sources.map(\.name))
      json.member("types", Array(Set(detail.findings.map(\.detector.rawValue))).sorted())
      let rules = detail.findings.compactMap(\.rule)
      if let rule = rules.first {
        json.key("analytic")
        json.object { json in
          json.member("uid", rule.id)
          json.member("name", rule.title)
          json.member("type_id", 1)
          json.member("type", "Rule")
        }
      }
      writeAttacks(incident, to: &json)
      json.key("related_events")
      json.array { json in
        for finding in detail.findings {
          json.object { json in
            json.member("uid", "F-\(finding.id.hex)")
            json.member("type", finding.title)
          }
        }
      }
      json.member("related_events_count", detail.findings.count)
    }
  }

  private static func writeAttacks(_ incident: Incident, to json: inout JSONWriter) {
    let (_, attack) = Wording.split(incident.techniques)
    guard !attack.isEmpty else { return }
    json.key("attacks")
    json.array { json in
      for technique in attack {
        let parts = technique.split(separator: ".", maxSplits: 1)
        json.object { json in
          json.key("technique")
          json.object { $0.member("uid", String(parts[0])) }
          guard parts.count == 2 else { return }
          json.key("sub_technique")
          json.object { $0.member("uid", technique) }
        }
      }
    }
  }

  private static func writeObservables(_ incident: Incident, to json: inout JSONWriter) {
    json.key("observables")
    json.array { json in
      for entity in incident.entities {
        let (id, name): (Int, String) =
          switch entity.type {
          case .ip: (2, "IP Address")
          case .user, .principal: (4, "User Name")
          case .host: (1, "Hostname")
          default: (99, "Other")
          }
        json.object { json in
          json.member("name", "\(entity.role.rawValue).\(entity.type.rawValue)")
          json.member("type_id", id)
          json.member("type", id == 99 ? entity.type.rawValue : name)
          json.member("value", entity.value)
        }
      }
    }
  }

  private static func writeEvidence(_ detail: IncidentDetail, to json: inout JSONWriter) {
    json.key("evidences")
    json.array { json in
      for finding in detail.findings {
        for one in finding.evidence {
          json.object { json in
            json.key("data")
            json.object { json in
              json.member("finding", "F-\(finding.id.hex)")
              json.member("file", one.origin.path)
              json.member("line", one.origin.line)
              json.member("raw", String(decoding: one.raw, as: UTF8.self))
            }
          }
        }
      }
    }
  }

  private static func milliseconds(_ time: EventTime) -> Int {
    Int(time.nanosecondsSinceEpoch / 1_000_000)
  }

  private static func severityID(_ severity: Severity) -> Int {
    switch severity {
    case .informational: 1
    case .low: 2
    case .medium: 3
    case .high: 4
    case .critical: 5
    }
  }

  private static func severityName(_ severity: Severity) -> String {
    severity.name.prefix(1).uppercased() + severity.name.dropFirst()
  }
}
