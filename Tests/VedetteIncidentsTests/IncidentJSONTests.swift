import Testing
import VedetteDigest
import VedetteEvent
import VedetteFindings
import VedetteIncidents

@Suite("Incident JSON")
struct IncidentJSONTests {
  @Test("a finding has its keys in the order of the contract")
  func finding() {
    #expect(
      FindingJSON.text(Example.probing, idDigits: 10)
        == #"{"id":"F-7f3a91c204","time":"2026-03-02T12:01:07Z","detector":"rule","#
        + #""rule":{"id":"r-1","title":"List","level":"medium","path":"model/list.yml"},"#
        + #""severity":"medium","score":45,"entities":["#
        + #"{"type":"access_key","value":"AKIAIOSFODNN7EXAMP7Q","role":"actor"},"#
        + #"{"type":"user","value":"svc-batch","role":"actor"},"#
        + #"{"type":"ip","value":"203.0.113.9","role":"source"}],"techniques":["AML.T0012"],"#
        + #""events":[{"file":"logs/bedrock.ndjson","line":4,"offset":400}],"count":1,"#
        + #""explanation":{"summary":"the key never listed models before"}}"#
    )
    #expect(
      FindingJSON.text(Example.volume, idDigits: 32).contains(
        #""explanation":{"summary":"612 calls in 9 min, usually 31 an hour.","terms":["#
          + #"{"feature":"calls","observed":612,"expected":4.6,"scale":1.5,"contribution":48.5},"#
          + #"{"feature":"network","observed":1,"contribution":10,"value":"AS14061"}],"#
          + #""nearest_normal":{"window":"03-02 10:14","calls":"31"}}}"#
      )
    )
  }

  @Test("an incident has its keys in the order of the contract")
  func incident() {
    let start =
      #"{"id":"INC-7f3a91c204","title":"LLMjacking: key probing, then bulk invocation","#
      + #""severity":"high","risk":84,"status":"closed","classification":"true-positive","#
      + #""owner":"ada","first_seen":"2026-03-02T12:01:07Z","last_seen":"2026-03-02T12:10:21Z","#
      + #""entities":["#
    let middle =
      #""techniques":["AML.T0012","AML.T0034","T1496"],"tactics":["discovery","impact"],"#
      + #""finding_count":2,"event_count":613,"sources":["logs/bedrock.ndjson"],"#
      + #""explanation":{"summary":"Somebody uses a stolen key.","terms":["#
      + #"{"label":"sequence rule","points":50},{"label":"new network","points":10},"#
      + #"{"label":"volume","points":30},{"label":"cap","points":-6}]}"#
    let activity =
      #","activity":[{"time":"2026-03-02T13:00:00Z","user":"ada","action":"comment","#
      + #""detail":"key\nrevoked"},{"time":"2026-03-02T13:05:00Z","user":"ada","#
      + #""action":"close","detail":"true-positive: the key was stolen"}]}"#
    let text = IncidentJSON.text(Example.triaged, idDigits: 10)
    #expect(text.hasPrefix(start))
    #expect(text.contains(middle + #","findings":[{"id":"F-7f3a91c204""#))
    #expect(text.hasSuffix(activity))
    let row = TriagedIncident(incident: Example.incident, triage: Example.triaged.triage)
    let rowText = IncidentJSON.text(row, idDigits: 10)
    #expect(rowText.hasPrefix(start) && rowText.hasSuffix(middle + "}"))
  }
}

@Suite("Canonical form")
struct CanonicalFormTests {
  private func digest(_ details: [IncidentDetail]) -> String {
    CanonicalForm.digest(details) { Digest.of($0).hex }
  }

  @Test("holds what follows from the input and nothing else")
  func contents() {
    let line = CanonicalForm.line(Example.triaged)
    #expect(line == CanonicalForm.line(Example.detail))
    for word in ["bedrock", "\"line\"", "offset", "events\"", "sources", "status", "owner", "ada"] {
      #expect(!line.contains(word), "\(word)")
    }
    #expect(line.contains("\"id\":\"INC-\(Example.incident.id.hex)\""))
    #expect(line.contains("\"id\":\"F-\(Example.volume.id.hex)\""))
    #expect(line.contains("\"event_count\":613"))
    #expect(line.hasSuffix("}\n"))
  }

  @Test("is the same wherever the events were read")
  func places() {
    var moved = Example.detail
    moved.incident.sources = [SourceID("/elsewhere")]
    for index in moved.findings.indices {
      moved.findings[index].sources = []
      for number in moved.findings[index].evidence.indices {
        moved.findings[index].evidence[number].origin.path = "old.log.2.gz"
        moved.findings[index].evidence[number].origin.line += 7
      }
    }
    #expect(digest([moved]) == digest([Example.detail]))
    moved.incident.eventCount += 1
    #expect(digest([moved]) != digest([Example.detail]))
  }

  @Test("is in one order whatever order it is given in")
  func order() {
    var early = Example.detail
    early.incident.id = Example.id("ff")
    early.incident.firstSeen = Example.time((11, 0, 0))
    var tied = Example.detail
    tied.incident.id = Example.id("00")
    tied.findings.reverse()
    let expected = [early, tied, Example.detail].map(CanonicalForm.line).joined()
    #expect(CanonicalForm.ndjson([Example.detail, tied, early]) == expected)
    #expect(CanonicalForm.ndjson([tied, early, Example.detail]) == expected)
    #expect(digest([tied, early, Example.detail]) == Digest.of(expected).hex)
    #expect(digest([]) == Digest.of("").hex)
    #expect(
      IncidentExport.ndjson.text([tied, Example.detail, early], head: Example.head) == expected
    )
  }
}
