import Foundation
import Testing
import VedetteEvent
import VedetteFindings

@testable import VedetteIncidents

@Suite("Export of hostile text")
struct ExportTests {
  /// Log text that is markup, control characters and quotes at once.
  private static let hostile =
    "</pre><script>alert(1)</script>\u{1b}]52;c;ZXZpbA==\u{7}\"'&\u{202e}x"

  private static func detail() -> IncidentDetail {
    var finding = Example.volume
    finding.title = hostile
    finding.explanation.summary = hostile
    finding.evidence = [Example.evidence(1, at: Example.time((12, 2, 0)), hostile)]
    finding.entities.append(Entity(type: .user, value: hostile, role: .target))
    let incident = Incident(
      id: Example.id("7f3a91c204"),
      title: hostile,
      risk: 84,
      riskTerms: [RiskTerm(label: hostile, points: 90), RiskTerm(label: "cap", points: -6)],
      firstSeen: Example.time((12, 1, 7)),
      lastSeen: Example.time((12, 10, 21)),
      entities: finding.entities,
      techniques: ["AML.T0034", "T1078", "T1110.001"],
      tactics: ["impact"],
      findings: [finding.id],
      eventCount: 617,
      sources: [SourceID(hostile)],
      narrative: hostile,
      aliases: []
    )
    let activity = Activity(
      number: 1,
      incident: incident.id,
      time: incident.lastSeen,
      user: hostile,
      action: "comment",
      detail: hostile
    )
    return IncidentDetail(
      incident: incident,
      triage: Triage(status: .closed, classification: .truePositive, owner: hostile),
      findings: [finding],
      activity: [activity]
    )
  }

  @Test("HTML is read as text, whatever logs hold, and asks for nothing")
  func html() throws {
    for count in [0, 1, 2] {
      let text = IncidentExport.html.text(
        Array(repeating: Self.detail(), count: count),
        head: Example.head
      )
      #expect(!text.lowercased().contains("<script"))
      #expect(!text.contains("src=") && !text.contains("url(") && !text.contains("@import"))
      #expect(!text.contains("http://") && !text.contains("https://"))
      let isSafe = text.unicodeScalars.allSatisfy { scalar in
        scalar == "\n" || (scalar.value >= 0x20 && scalar.value != 0x7f && scalar != "\u{202e}")
      }
      #expect(isSafe)
      #expect(text.contains("default-src 'none'"))
      #expect(text.contains(Example.head.description))
      #expect(text.contains("alert(1)") == (count > 0))
    }
  }

  @Test("HTML is well-formed: each element that opens closes, in order")
  func wellFormed() throws {
    let text = IncidentExport.html.text([Self.detail(), Self.detail()], head: Example.head)
    let empty: Set<String> = ["meta", "br", "!doctype"]
    var open: [String] = []
    for part in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
      let tag = try #require(part.split(separator: ">", omittingEmptySubsequences: false).first)
      let name = String(tag.prefix { !" />".contains($0) || $0 == "/" })
      if name.hasPrefix("/") {
        #expect(open.popLast() == String(name.dropFirst()))
      } else if !tag.hasSuffix("/"), !empty.contains(name) {
        open.append(name)
      }
    }
    #expect(open == [])
  }

  @Test("the risk in HTML is a sum that adds up")
  func sum() {
    let text = IncidentExport.html.text([Self.detail()], head: Example.head)
    #expect(text.contains("<th scope=\"row\">sum</th><td>84</td>"))
  }

  @Test("OCSF has what class 2004 requires, with the schema's numbers")
  func ocsf() throws {
    let line = IncidentExport.ocsf.text([Self.detail()], head: Example.head)
    #expect(line.hasSuffix("\n") && line.filter { $0 == "\n" }.count == 1)
    let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
    let event = try #require(value as? [String: Any])
    let numbers = [
      "class_uid": 2004, "category_uid": 2, "activity_id": 3, "type_uid": 200_403,
      "severity_id": 4, "status_id": 4, "verdict_id": 2, "risk_score": 84,
      "time": 1_772_453_421_000, "start_time": 1_772_452_867_000,
    ]
    for (key, number) in numbers { #expect(event[key] as? Int == number, "\(key)") }
    let metadata = try #require(event["metadata"] as? [String: Any])
    #expect(metadata["version"] as? String == "1.3.0")
    let product = try #require(metadata["product"] as? [String: Any])
    #expect(product["name"] as? String == "Vedette")
    #expect(product["vendor_name"] as? String == "Vedette")
    let info = try #require(event["finding_info"] as? [String: Any])
    #expect(info["uid"] as? String == "INC-\(Example.id("7f3a91c204").hex)")
    #expect(info["title"] as? String == Self.hostile)
    let attacks = try #require(info["attacks"] as? [[String: [String: String]]])
    #expect(attacks.map { $0["technique"]?["uid"] } == ["T1078", "T1110"])
    #expect(attacks[1]["sub_technique"]?["uid"] == "T1110.001")
    for observable in try #require(event["observables"] as? [[String: Any]]) {
      #expect(observable["name"] is String && observable["type_id"] is Int)
    }
    for evidence in try #require(event["evidences"] as? [[String: Any]]) {
      #expect(evidence["data"] is [String: Any])
    }
    let unmapped = try #require(event["unmapped"] as? [String: Any])
    #expect(unmapped["activity_head"] as? String == Example.head.description)
  }

  @Test("every form but the canonical one ends with the head of the activity")
  func heads() throws {
    for form in IncidentExport.allCases {
      let text = form.text([Self.detail()], head: Example.head)
      #expect(text.contains(Example.head.digest) == (form != .ndjson), "\(form)")
    }
    let json = IncidentExport.json.text([Self.detail()], head: Example.head)
    let list = try JSONSerialization.jsonObject(with: Data(json.utf8))
    let first = try #require((list as? [[String: Any]])?.first)
    #expect(first["activity_head"] as? String == Example.head.description)
    #expect(first["status"] as? String == "closed")
  }

  @Test("a message holds no raw line and no triage")
  func message() throws {
    let body = IncidentMessage.text(
      Self.detail().incident,
      reason: "worse",
      database: "a b.db",
      head: Example.head
    )
    #expect(!body.contains("\n") && !body.contains("\"raw\""))
    let value = try JSONSerialization.jsonObject(with: Data(body.utf8))
    let message = try #require(value as? [String: Any])
    #expect(message["reason"] as? String == "worse")
    #expect(message["show"] as? String == "vedette incidents show 7f3a91c204 --db 'a b.db'")
    #expect(message["activity_head"] as? String == Example.head.description)
    let incident = try #require(message["incident"] as? [String: Any])
    #expect(incident["status"] == nil)
    let summary = try #require(message["summary"] as? String)
    #expect(summary.hasPrefix("HIGH 84 ") && summary.hasSuffix("(worse)"))
    #expect(!summary.unicodeScalars.contains("\u{1b}"))
  }
}
