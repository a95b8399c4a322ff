import Testing
import VedetteEvent
import VedetteFindings
import VedetteIncidents

@Suite("Narrative")
struct NarrativeTests {
  @Test("tells who did what since when, how sure it is and what to do")
  func whole() {
    #expect(
      Narrative.text(Example.incident, findings: Example.detail.findings)
        == "svc-batch from 203.0.113.9 used claude-3 since 2026-03-02 12:01 UTC, over 9 min. "
        + "It began with model listing by a new key and went on with model calls far above usual "
        + "(612 calls in 9 min, usually 31 an hour). It went from discovery to impact. "
        + "Known patterns and unusual behaviour agree: very likely. "
        + "Stop it now: take the actor's access away, then count the damage. "
        + "If nobody owns up to it, revoke the key."
    )
  }

  @Test("names a few and counts the rest")
  func many() {
    var incident = Example.incident
    incident.entities =
      [Entity(type: .ip, value: "203.0.113.9", role: .actor)]
      + (1...5).map { Entity(type: .user, value: "user-\($0)", role: .target) }
    incident.tactics = ["credential-access", "initial-access"]
    incident.lastSeen = incident.firstSeen
    let findings = (1...4).map { number in
      var finding = Example.probing
      finding.title = "step \(number)"
      finding.rule?.id = "r-\(number)"
      finding.score = number == 3 ? 90 : 50
      finding.explanation.summary = ""
      return finding
    }
    #expect(
      Narrative.text(incident, findings: findings)
        == "203.0.113.9 acted against user-1, user-2 and 3 others since 2026-03-02 12:01 UTC. "
        + "It began with step 1 and went on with step 2, step 3 and step 4; the worst was step 3. "
        + "It went from credential access to initial access. 4 different rules agree: likely. "
        + "Check whether a login succeeded afterwards, and change what was tried."
    )
  }

  @Test("an account that was tried and then acts is not the culprit")
  func takenOver() {
    var incident = Example.incident
    let address = Entity(type: .ip, value: "203.0.113.66", role: .actor)
    let host = Entity(type: .host, value: "web01", role: .target)
    incident.entities = [
      address, Entity(type: .user, value: "deploy", role: .actor), host,
      Entity(type: .user, value: "root", role: .target),
    ]
    var guesses = Example.probing
    guesses.tactics = ["credential-access"]
    guesses.entities = [address, host, Entity(type: .user, value: "deploy", role: .target)]
    let story = Narrative.text(incident, findings: [guesses])
    #expect(story.hasPrefix("203.0.113.66 acted against root and web01, then as deploy, since "))
    guesses.entities[0].role = .source
    #expect(Narrative.text(incident, findings: [guesses]).hasPrefix("deploy from 203.0.113.66 "))
  }

  @Test("says how sure it is by what agrees")
  func confidence() {
    func sentence(_ findings: [Finding]) -> String {
      Narrative.text(Example.incident, findings: findings)
    }
    var other = Example.volume
    other.detector = .newValue
    #expect(sentence([Example.probing]).contains("One rule alone says so"))
    #expect(sentence([Example.probing, Example.probing]).contains("One rule alone says so"))
    #expect(sentence([Example.volume]).contains("One measure of behaviour alone"))
    #expect(sentence([Example.volume, other]).contains("unusual in 2 ways"))
    #expect(sentence([]).hasPrefix("svc-batch from 203.0.113.9 used claude-3 since"))
  }
}

@Suite("Export")
struct IncidentExportTests {
  @Test("JSON is an array, also of none")
  func json() {
    #expect(IncidentExport.json.text([], head: Example.head) == "[]\n")
    let whole = IncidentJSON.text(Example.triaged, idDigits: 32)
    let one = whole.dropLast() + #","activity_head":"\#(Example.head)"}"#
    #expect(IncidentExport.json.text([Example.triaged], head: Example.head) == "[\n\(one)\n]\n")
    #expect(
      IncidentExport.json.text([Example.triaged, Example.triaged], head: Example.head)
        == "[\n\(one),\n\(one)\n]\n"
    )
    #expect(
      IncidentExport.ndjson.text([], head: Example.head).isEmpty
        && IncidentExport.markdown.text([], head: Example.head).isEmpty
    )
  }

  @Test("Markdown reads what comes from logs as text")
  func markdown() {
    var detail = Example.triaged
    detail.incident.title = "<script>alert(1)</script> [x](javascript:y) *b* https://evil.example"
    detail.incident.entities = [Entity(type: .user, value: "a`|``b", role: .actor)]
    detail.findings = [Example.probing]
    detail.findings[0].evidence[0].raw = Array("``` </code><img src=x>\n# head".utf8)
    #expect(
      IncidentExport.markdown.text([detail], head: Example.head) == """
        # &lt;script\\>alert\\(1\\)&lt;/script\\> \\[x\\]\\(javascript:y\\) \\*b\\* https&#58;//evil.example

        Somebody uses a stolen key.

        | | |
        |---|---|
        | Incident | INC-7f3a91c2040000000000000000000000 |
        | Severity | high, risk 84 of 100 |
        | Status | closed |
        | Closed as | true-positive |
        | Owner | ada |
        | First seen | 2026-03-02T12:01:07Z |
        | Last seen | 2026-03-02T12:10:21Z |
        | Actor | ``` user:a`\\|``b ``` |
        | ATT&CK | T1496 |
        | ATLAS | AML.T0012, AML.T0034 |
        | Events | 613 |
        | Sources | `logs/bedrock.ndjson` |

        ## Why

        | | |
        |---|---|
        | sequence rule | 50 |
        | new network | 10 |
        | volume | 30 |
        | cap | -6 |

        ## Findings

        ### model listing by a new key

        2026-03-02T12:01:07Z, medium, score 45, 1 event, F-7f3a91c2040000000000000000000000

        the key never listed models before

        - `logs/bedrock.ndjson:4`

              ``` </code><img src=x>\\n# head


        ## Activity

        - 2026-03-02T13:00:00Z: ada, comment: key\\\\nrevoked
        - 2026-03-02T13:05:00Z: ada, close: true-positive: the key was stolen

        ---

        Activity up to here: `\(Example.head)`

        """
    )
  }
}
