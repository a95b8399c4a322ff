import Foundation
import Testing
import VedetteEvent
import VedetteFindings
import VedetteIncidents

@testable import VedetteCLI

@Suite("Live view")
struct LiveScreenTests {
  /// What a terminal would obey if it got it: clipboard, title, hyperlink, colours, direction.
  static let hostile =
    "\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}]0;owned\u{7}\u{1b}]8;;http://evil/\u{1b}\\x\u{1b}]8;;\u{1b}\\"
    + "\u{1b}[31m\u{9b}2J\u{202e}\r\n\u{8}"

  private static func incident(
    _ number: UInt64,
    _ title: String,
    user: String,
    status: IncidentStatus = .new
  ) -> TriagedIncident {
    let time = EventTime(nanosecondsSinceEpoch: 1_772_446_440_000_000_000)
    let incident = Incident(
      id: FindingID(high: number << 48, low: number),
      title: title,
      risk: 90 - Int(number),
      riskTerms: [RiskTerm(label: title, points: 90 - Int(number))],
      firstSeen: time,
      lastSeen: time,
      entities: [Entity(type: .user, value: user, role: .actor)],
      techniques: [],
      tactics: [],
      findings: [],
      eventCount: 3,
      sources: [SourceID("a.log")],
      narrative: title,
      aliases: []
    )
    return TriagedIncident(incident: incident, triage: Triage(status: status))
  }

  private static func screen() -> LiveScreen {
    var screen = LiveScreen()
    screen.incidents = [
      incident(1, "brute force", user: "ada"), incident(2, "probing", user: "bob", status: .active),
      incident(3, hostile, user: hostile),
    ]
    screen.rates = [
      LiveScreen.Rate(name: hostile, perSecond: [0, 1, 8]),
      LiveScreen.Rate(name: "b", perSecond: []),
    ]
    screen.note(hostile)
    return screen
  }

  private static func select(_ screen: inout LiveScreen) {
    guard let id = screen.selection,
      let one = screen.incidents.first(where: { $0.incident.id == id })
    else { return }
    screen.detail = IncidentDetail(incident: one.incident, triage: one.triage, findings: [])
  }

  @Test("no screen is wider or higher than the terminal, and nothing in it acts on one")
  func drawing() {
    for keys in [[], ["j", "j"], ["j", "j", "t"], ["?"], ["/", "z"], ["c", "a"], ["s"], ["f"]] {
      var screen = Self.screen()
      for key in keys { _ = screen.press(key) }
      Self.select(&screen)
      for (columns, rows) in [(40, 8), (80, 24), (120, 40), (200, 60)] {
        let lines = screen.lines(columns: columns, rows: rows, style: TextStyle())
        #expect(lines.count <= rows)
        for line in lines {
          #expect(TerminalText.width(of: line) <= columns)
          #expect(TerminalText.visible(line) == line, "\(keys)")
        }
      }
    }
  }

  @Test("keys move, filter and search, and escape shows all again")
  func keys() {
    var screen = Self.screen()
    func id(_ number: UInt64) -> FindingID { FindingID(high: number << 48, low: number) }
    #expect(screen.selection == id(1))
    _ = screen.press("k")
    #expect(screen.selection == id(1))
    _ = screen.press("j")
    #expect(screen.selection == id(2))
    // The active one is passed over.
    _ = screen.press("k")
    _ = screen.press("e")
    #expect(screen.selection == id(3))
    _ = screen.press("E")
    #expect(screen.selection == id(1))
    _ = screen.press("F")
    #expect(screen.shown.map(\.incident.id) == [id(2), id(3)])
    _ = screen.press("escape")
    _ = screen.press("j")
    _ = screen.press("f")
    #expect(screen.shown.map(\.incident.id) == [id(2)])
    _ = screen.press("escape")
    for key in ["/", "B", "r", "u", "x", "backspace", "enter"] { _ = screen.press(key) }
    #expect(screen.shown.map(\.incident.id) == [id(1)])
    _ = screen.press("escape")
    #expect(screen.shown.count == 3)
    // What is selected stays selected when a worse one comes.
    _ = screen.press("j")
    screen.incidents.insert(Self.incident(0, "new", user: "x"), at: 0)
    #expect(screen.selection == id(2))
    screen.incidents = []
    #expect(screen.selection == nil)
    #expect(screen.press("a") == nil)
    #expect(screen.press("q") == .quit)
  }

  @Test("what is decided names the selected incident")
  func deciding() {
    var screen = Self.screen()
    let id = FindingID(high: 1 << 48, low: 1)
    #expect(screen.press("a") == .assign(id))
    func type(_ text: [String]) -> LiveScreen.Action? {
      var action: LiveScreen.Action?
      for key in text { action = screen.press(key) }
      return action
    }
    #expect(type(["c", "q", "space", "x", "enter"]) == .comment(id, "q x"))
    #expect(type(["x", "b", "space", "o", "k", "enter"]) == .close(id, .benign, "ok"))
    #expect(type(["x", "b", "enter"]) == .refresh)
    #expect(screen.notes.last?.hasPrefix("not closed") == true)
    #expect(type(["x", "escape"]) == .refresh)
  }

  @Test("notes are bounded")
  func notes() {
    var screen = LiveScreen()
    for number in 0..<1_000 { screen.note("note \(number)") }
    #expect(screen.notes.count == 200)
    #expect(screen.notes.last == "note 999")
  }

  @Test("bytes of a terminal are keys")
  func bytes() {
    let text = "jK \u{1b}[A\u{1b}[6~\u{1b}[1;5C\u{1b}OB\r\u{7f}\u{3}é\u{1b}"
    #expect(
      RawTerminal.names(Array(text.utf8)) == [
        "j", "K", "space", "up", "pagedown", "down", "enter", "backspace", "é", "escape",
      ]
    )
  }

  @Test("only nothing is an empty place in a sparkline")
  func sparkline() {
    #expect(Sparkline.text([0, 1, 50, 100], highest: 100) == " ▁▄█")
    #expect(Sparkline.text([0, 0], highest: 0) == "  ")
  }

  @Test(
    "a terminal is given back however the run ends, and logs say nothing to it",
    .timeLimit(.minutes(2)),
    arguments: ["q", "kill-child", "term"]
  )
  func terminal(end: String) throws {
    let vedette = try CommandRunner()
    let name = Self.hostile.filter { $0 != "\r\n" && $0 != "\n" && $0 != "\r" }
    let log = StoryCommandTests.attack(by: "203.0.113.90")
      .replacing("for root", with: "for invalid user \(name)")
    try vedette.write("auth.log", log)
    try vedette.write("drive.py", Self.driver)
    let python = URL(filePath: "/usr/bin/python3")
    guard FileManager.default.isExecutableFile(atPath: python.path) else {
      return print("left out: no python3 to open a terminal with")
    }
    let process = try vedette.start(
      ["drive.py", CommandRunner.binary.path, end],
      label: "drive",
      program: python
    )
    process.waitUntilExit()
    let errors = try vedette.read("drive.err")
    #expect(process.terminationStatus == 0, "\(errors)")
    #expect(try vedette.read("drive.out").contains("restored"))
  }

  /// Runs the view in a terminal of its own, ends it, and looks at what the terminal was told.
  private static let driver = #"""
    import os, pty, re, signal, struct, fcntl, sys, termios, time, select, subprocess
    binary, end = sys.argv[1], sys.argv[2]
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 110, 0, 0))
    before = termios.tcgetattr(slave)
    child = subprocess.Popen([binary, "run", "auth.log", "--db", "ui.db", "--ui"],
      stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
    shown = b""
    def read(seconds, until=None):
      global shown
      limit = time.time() + seconds
      while time.time() < limit and not (until and until in shown):
        if select.select([master], [], [], 0.1)[0]: shown += os.read(master, 65536)
    read(30, b"INC-")
    read(2)
    assert b"\x1b[?1049h" in shown, "no screen of its own"
    assert b"brute" in shown.lower() or b"INC-" in shown, shown[-500:]
    if end == "q": os.write(master, b"jt?q")
    if end == "term": child.send_signal(signal.SIGTERM)
    if end == "kill-child":
      own = subprocess.run(["ps", "-o", "pid=", "--ppid", str(child.pid)], capture_output=True)
      os.kill(int(own.stdout.split()[0]), signal.SIGKILL)
    read(20, b"\x1b[?1049l")
    status = child.wait(20)
    read(1)
    assert shown.rstrip().count(b"\x1b[?1049l") == 1, "the screen was not given back"
    assert termios.tcgetattr(slave) == before, "the terminal's mode was not given back"
    assert status == (70 if end == "kill-child" else 0), status
    # Of all sequences only those of the view itself.
    left = re.sub(rb"\x1b\[(H|J|K|2J|0m|\?25[hl]|\?1049[hl])", b"", shown)
    assert b"\x1b" not in left and b"\x07" not in left and b"\xe2\x80\xae" not in left, left[-300:]
    assert b"\xc2\x9b" not in left and b"\x08" not in left
    print("restored")
    """#
}
