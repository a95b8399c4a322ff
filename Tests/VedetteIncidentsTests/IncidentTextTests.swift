import Testing
import VedetteEvent
import VedetteFindings
import VedetteIncidents

@Suite("Incident text")
struct IncidentTextTests {
  private static func text(_ change: (inout TextStyle) -> Void = { _ in }) -> IncidentText {
    var style = TextStyle()
    style.commandDigits = 4
    change(&style)
    return IncidentText(style)
  }

  @Test("an incident fits one screen of 80 columns")
  func show() {
    #expect(
      Self.text { $0.hasEntities = true }.show(Example.detail) == """
        INC-7f3a91c204  HIGH 84  new   LLMjacking: key probing, then bulk invocation
          who   svc-batch (AKIA..7Q)   from 203.0.113.9   model claude-3
          what  model listing by a new key -> 612 x model calls far above usual in 9 min
          why   84 = sequence rule 50 + new network 10 + volume 30 - cap 6
                nearest normal: window 03-02 10:14, calls 31
          ATLAS AML.T0012 AML.T0034   ATT&CK T1496
          time  2026-03-02 12:01:07 #.#-----------------# 12:10:21  613 events, 1 source
          next  vedette incidents timeline 7f3a
                vedette entities show access_key:AKIA..7Q

        """
    )
  }

  @Test("what was decided and the database are shown where there are any")
  func showTriage() {
    var detail = Example.triaged
    detail.incident.aliases = [Example.id("aa"), Example.id("bb")]
    let shown = Self.text { $0.database = "/var/lib/my db/v.db" }.show(detail)
    #expect(
      shown.split(separator: "\n").suffix(4) == [
        "  notes owner ada, closed as true-positive: the key was stolen, 1 comment",
        "  also  INC-aa00000000, INC-bb00000000",
        "  next  vedette incidents timeline 7f3a --db '/var/lib/my db/v.db'",
        "        vedette incidents evidence 7f3a --db '/var/lib/my db/v.db'",
      ]
    )
    #expect(shown.hasPrefix("INC-7f3a91c204  HIGH 84  closed   LLMjacking"))
  }

  @Test("a timeline tells findings as sentences and shows records as they were read")
  func timeline() {
    #expect(
      Self.text().timeline(Example.detail) == """
        INC-7f3a91c204  HIGH 84  new   LLMjacking: key probing, then bulk invocation
          Somebody uses a stolen key.
        2026-03-02 UTC
          12:01:07  MEDIUM model listing by a new key by svc-batch (AKIA..7Q) from
                    203.0.113.9: the key never listed models before
          12:01:07  | bedrock.ndjson:4  {"op":"ListFoundationModels"}
          12:02:00  HIGH model calls far above usual by svc-batch (AKIA..7Q) model
                    claude-3: 612 calls in 9 min, usually 31 an hour (612 events until
                    12:10:21)
          12:02:00  | bedrock.ndjson:9  InvokeModel first
          12:10:21  | bedrock.ndjson:620  InvokeModel \\u{1b}[31mlast\\u{202e}

        """
    )
  }

  @Test("a timeline has a heading for each day, and a place for what has no time")
  func timelineDays() {
    var detail = Example.detail
    detail.findings[1].evidence[1].time = nil
    detail.findings[1].evidence.append(detail.findings[0].evidence[0])
    detail.findings[1].time = Example.time((23, 30, 0))
    detail.findings[1].evidence[0].time = Example.time((23, 30, 0))
    let shown = Self.text {
      $0.zone = "local"
      $0.zoneOffsetSeconds = { _ in 3_600 }
    }.timeline(detail)
    let heads = shown.split(separator: "\n").filter { !$0.hasPrefix("  ") }.dropFirst()
    #expect(heads == ["2026-03-02 local", "2026-03-03 local", "without a time"])
    #expect(shown.contains("  13:01:07  MEDIUM"))
    #expect(shown.contains("  00:30:00  HIGH"))
    #expect(shown.contains("  --:--:--  | bedrock.ndjson:620"))
    #expect(shown.split(separator: "bedrock.ndjson:4 ").count == 2)
  }

  @Test("evidence is shown whole")
  func evidence() {
    var detail = Example.detail
    detail.findings[0].evidence[0].originalSHA256 = [1]
    #expect(
      Self.text().evidence(detail) == """
        F-7f3a91c204  MEDIUM 45  model listing by a new key
          logs/bedrock.ndjson:4  {"op":"ListFoundationModels"}  (cut or blanked)

        F-c1e02ab170  HIGH 78  model calls far above usual
          logs/bedrock.ndjson:9  InvokeModel first
          logs/bedrock.ndjson:620  InvokeModel \\u{1b}[31mlast\\u{202e}
          2 of 612 events kept: the first, the last, some between

        """
    )
  }

  @Test("tables are aligned and keep within the columns")
  func tables() {
    let low = Incident(
      id: Example.id("01"),
      title: "日本語 title \u{1b}[2J",
      risk: 7,
      riskTerms: [],
      firstSeen: Example.time((1, 2, 3)),
      lastSeen: Example.time((1, 2, 3)),
      entities: (1...9).map { Entity(type: .user, value: "somebody-\($0)", role: .target) },
      techniques: [],
      tactics: [],
      findings: [],
      eventCount: 1,
      sources: [],
      narrative: "",
      aliases: []
    )
    let rows = [
      TriagedIncident(incident: Example.incident, triage: Triage(status: .active)),
      TriagedIncident(incident: low, triage: Triage()),
    ]
    #expect(
      Self.text { $0.columns = 100 }.list(rows) == """
        INCIDENT        RISK             STATUS  LAST SEEN         WHO            WHAT
        INC-7f3a91c204  high 84          active  2026-03-02 12:10  svc-batch      LLMjacking: key probing,..
        INC-0100000000  informational 7  new     2026-03-02 01:02  somebody-1 ..  日本語 title \\u{1b}[2J

        """
    )
    for columns in [80, 90, 100, 140] {
      let table = Self.text { $0.columns = columns }.list(rows)
      let widths = table.split(separator: "\n").map { TerminalText.width(of: String($0)) }
      #expect((widths.max() ?? 0) <= columns, "\(columns)")
    }
    #expect(
      Self.text().findings(Example.detail) == """
        FINDING       SCORE      TIME            EVENTS  WHO        WHAT
        F-7f3a91c204  medium 45  03-02 12:01:07  1       svc-batch  model listing by a..
        F-c1e02ab170  high 78    03-02 12:02:00  612     svc-batch  model calls far ab..

        """
    )
    #expect(
      Self.text().activity(Example.triaged) == """
        2026-03-02 13:00  ada comment: key\\nrevoked
        2026-03-02 13:05  ada close: true-positive: the key was stolen

        """
    )
  }

  @Test("where there is nothing, it says so")
  func nothing() {
    let bare = IncidentDetail(incident: Example.incident, findings: [])
    #expect(Self.text().list([]) == "no incidents match\n")
    #expect(Self.text().findings(bare) == "no findings\n")
    #expect(Self.text().evidence(bare) == "no evidence\n")
    #expect(Self.text().activity(bare) == "no activity\n")
    #expect(Self.text().show(bare).contains("  why   84 = "))
  }

  @Test("colour adds nothing but colour")
  func color() {
    let row = TriagedIncident(incident: Example.incident, triage: Triage())
    let plain = Self.text()
    let colored = Self.text { $0.isColored = true }
    func stripped(_ text: String) -> String {
      text.replacing("\u{1b}[31m", with: "").replacing("\u{1b}[33m", with: "")
        .replacing("\u{1b}[0m", with: "")
    }
    let pairs = [
      (plain.list([row]), colored.list([row])),
      (plain.show(Example.detail), colored.show(Example.detail)),
      (plain.timeline(Example.detail), colored.timeline(Example.detail)),
      (plain.evidence(Example.detail), colored.evidence(Example.detail)),
    ]
    for (without, with) in pairs {
      #expect(with != without)
      #expect(stripped(with) == without)
    }
  }

  @Test("nothing from a log acts on the terminal or on a shell")
  func hostile() {
    let nasty = "\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\n\r$(reboot)`id`'"
    var detail = Example.triaged
    detail.incident.title = nasty
    detail.incident.narrative = nasty
    detail.incident.techniques = [nasty]
    detail.incident.riskTerms[0].label = nasty
    detail.incident.entities = [
      Entity(type: .user, value: nasty, role: .actor),
      Entity(type: .accessKey, value: nasty, role: .actor),
    ]
    detail.triage.owner = nasty
    detail.activity[0].detail = nasty
    detail.activity[0].user = nasty
    detail.findings[1].title = nasty
    detail.findings[1].entities = detail.incident.entities
    detail.findings[1].explanation.summary = nasty
    detail.findings[1].explanation.nearestNormal = [ExplanationFact(name: nasty, value: nasty)]
    detail.findings[1].evidence[0].origin.path = nasty
    detail.findings[1].evidence[0].raw = Array(nasty.utf8) + [0xff]
    let text = Self.text {
      $0.hasEntities = true
      $0.database = "/tmp/$(reboot)'s.db"
    }
    let row = TriagedIncident(incident: detail.incident, triage: detail.triage)
    let all = [
      text.show(detail), text.timeline(detail), text.evidence(detail), text.findings(detail),
      text.activity(detail), text.list([row]),
      IncidentExport.markdown.text([detail], head: Example.head),
      IncidentExport.json.text([detail], head: Example.head),
      IncidentExport.ndjson.text([detail], head: Example.head),
    ]
    for one in all {
      let isSafe = one.unicodeScalars.allSatisfy { $0 == "\n" || !$0.isUnsafeToShow }
      #expect(isSafe, "\(one)")
    }
    let next = all[0].split(separator: "\n").suffix(2)
    #expect(
      next == [
        "  next  vedette incidents timeline 7f3a --db '/tmp/$(reboot)'\\''s.db'",
        "        vedette incidents evidence 7f3a --db '/tmp/$(reboot)'\\''s.db'",
      ]
    )
  }
}
