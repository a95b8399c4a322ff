import VedetteEvent
import VedetteFindings
import VedetteIncidents

/// What a live view shows and what a key does to it: a state machine without a terminal.
///
/// Above the rate of each source, left the incidents, right the selected one, below what happens.
/// Every text is made visible before it gets here or on the way out; a line is never wider than the
/// screen.
struct LiveScreen {
  /// What is to be done outside.
  enum Action: Equatable {
    case quit
    case assign(FindingID)
    case comment(FindingID, String)
    case close(FindingID, Classification, String)
    case refresh
  }

  /// What the right side shows.
  enum Pane: Equatable { case detail, timeline, help }

  /// What is being typed.
  private enum Prompt: Equatable {
    case search
    case comment(FindingID)
    case close(FindingID)

    var label: String {
      switch self {
      case .search: "/"
      case .comment: "comment: "
      case .close: "close as t(rue-positive) b(enign) f(alse-positive) u(ndetermined), and why: "
      }
    }
  }

  /// A source and its events a second, the newest last.
  struct Rate {
    var name: String
    var perSecond: [Int]
  }

  private static let notesMax = 200
  private static let promptBytesMax = 1_000

  /// The incidents that may be shown, the worst first.
  var incidents: [TriagedIncident] = [] {
    didSet { keepSelection(from: oldValue) }
  }
  /// The selected incident with all that belongs to it.
  var detail: IncidentDetail?
  /// The sources.
  var rates: [Rate] = []
  private(set) var notes: [String] = []
  private(set) var pane = Pane.detail
  private(set) var isPaused = false
  private(set) var selected = 0
  private var pausedNotes = 0
  private var offset = 0
  private var search = ""
  private var within: [EntityKey] = []
  private var without: [EntityKey] = []
  private var prompt: (kind: Prompt, text: String)?

  /// The incidents that pass the search and the filters.
  var shown: [TriagedIncident] { passing(incidents) }

  private func passing(_ incidents: [TriagedIncident]) -> [TriagedIncident] {
    incidents.filter { one in
      let keys = one.incident.entities.map(\.key)
      guard within.allSatisfy(keys.contains), !without.contains(where: keys.contains) else {
        return false
      }
      guard !search.isEmpty else { return true }
      let texts = [one.incident.title, one.incident.id.hex] + keys.map(\.description)
      return texts.contains { $0.lowercased().contains(search.lowercased()) }
    }
  }

  /// The id of the selected incident.
  var selection: FindingID? {
    let shown = shown
    return shown.indices.contains(selected) ? shown[selected].incident.id : nil
  }

  /// Adds something that happened.
  mutating func note(_ text: String) {
    notes.append(TerminalText.visible(text))
    if notes.count > Self.notesMax { notes.removeFirst(notes.count - Self.notesMax) }
    if isPaused { pausedNotes += 1 }
  }

  private mutating func keepSelection(from old: [TriagedIncident]) {
    let before = Self.id(passing(old), selected)
    if let before, let place = shown.firstIndex(where: { $0.incident.id == before }) {
      selected = place
    }
    selected = max(0, min(selected, shown.count - 1))
  }

  private static func id(_ incidents: [TriagedIncident], _ index: Int) -> FindingID? {
    incidents.indices.contains(index) ? incidents[index].incident.id : nil
  }

  // MARK: - Keys

  /// Takes a key: a character, or a name as `up`, `down`, `enter`, `escape`, `backspace`.
  mutating func press(_ key: String) -> Action? {
    if prompt != nil { return type(key) }
    switch key {
    case "q": return .quit
    case "j", "down": move(1)
    case "k", "up": move(-1)
    case "enter": (pane, offset) = (.detail, 0)
    case "t": (pane, offset) = (pane == .timeline ? .detail : .timeline, 0)
    case "?": (pane, offset) = (pane == .help ? .detail : .help, 0)
    case "space", "pagedown": offset += 10
    case "b", "pageup": offset = max(0, offset - 10)
    case "/": prompt = (.search, "")
    case "e": jump(1)
    case "E": jump(-1)
    case "f", "p": filter(in: true, alone: key == "p")
    case "F": filter(in: false, alone: false)
    case "escape": (search, within, without, pane) = ("", [], [], .detail)
    case "s": (isPaused, pausedNotes) = (!isPaused, 0)
    case "a": return selection.map(Action.assign)
    case "c": prompt = selection.map { (.comment($0), "") }
    case "x": prompt = selection.map { (.close($0), "") }
    default: return nil
    }
    return .refresh
  }

  private mutating func type(_ key: String) -> Action? {
    guard let kind = prompt?.kind, var text = prompt?.text else { return nil }
    switch key {
    case "escape": prompt = nil
    case "enter":
      prompt = nil
      return finished(kind, text)
    case "backspace": text = String(text.dropLast())
    case "space": text += " "
    default: if key.count == 1, text.utf8.count < Self.promptBytesMax { text += key }
    }
    if prompt != nil { prompt = (kind, text) }
    if kind == .search { (search, selected) = (prompt == nil ? "" : text, 0) }
    return .refresh
  }

  private mutating func finished(_ kind: Prompt, _ text: String) -> Action? {
    switch kind {
    case .search: return .refresh
    case .comment(let id): return text.isEmpty ? .refresh : .comment(id, text)
    case .close(let id):
      let verdict = Classification.allCases.first { $0.rawValue.first == text.first }
      let reason = text.drop { $0 != " " }.drop { $0 == " " }
      guard let verdict, !reason.isEmpty else {
        note("not closed: write one of t, b, f, u, a space and a reason")
        return .refresh
      }
      return .close(id, verdict, String(reason))
    }
  }

  private mutating func move(_ step: Int) {
    selected = max(0, min(selected + step, shown.count - 1))
    offset = 0
  }

  /// Goes to the next incident that nobody has looked at.
  private mutating func jump(_ step: Int) {
    let shown = shown
    var place = selected + step
    while shown.indices.contains(place), shown[place].triage.status != .new { place += step }
    if shown.indices.contains(place) { move(place - selected) }
  }

  /// Keeps only the incidents of the selected one's actor, or all but those.
  private mutating func filter(in isIn: Bool, alone: Bool) {
    guard let id = selection, let one = incidents.first(where: { $0.incident.id == id }) else {
      return
    }
    let entities = one.incident.entities
    guard let key = (entities.first { $0.role == .actor } ?? entities.first)?.key else { return }
    if alone { (within, without, search) = ([], [], "") }
    if isIn { within.append(key) } else { without.append(key) }
    (selected, offset) = (0, 0)
  }

  // MARK: - Drawing

  /// Returns the lines of a screen, as many as it has rows, none wider than it is.
  func lines(columns: Int, rows: Int, style: TextStyle) -> [String] {
    var lines = header(columns)
    let tail = footer(columns, room: max(1, rows / 5))
    let body = max(1, rows - lines.count - tail.count)
    lines += columns < 100 ? narrow(columns, body, style) : wide(columns, body, style)
    lines += tail
    return Array(lines.prefix(rows)).map { TerminalText.truncated($0, to: columns) }
  }

  private func header(_ columns: Int) -> [String] {
    let width = max(10, min(60, columns / 3))
    let most = rates.flatMap(\.perSecond).max() ?? 0
    var lines = rates.prefix(4).map { rate in
      let line = Sparkline.text(Array(rate.perSecond.suffix(width)), highest: most)
      let name = TerminalText.truncated(TerminalText.visible(rate.name), to: columns / 3)
      return "\(TerminalText.padded(line, to: width))  \(rate.perSecond.last ?? 0)/s  \(name)"
    }
    if rates.count > 4 { lines.append("and \(rates.count - 4) more sources") }
    if rates.isEmpty { lines.append("nothing was read yet") }
    return lines + [String(repeating: "-", count: columns)]
  }

  private func wide(_ columns: Int, _ rows: Int, _ style: TextStyle) -> [String] {
    let left = columns * 2 / 5
    let list = self.list(left, rows)
    let side = self.side(columns - left - 3, rows, style)
    return (0..<rows).map { row in
      let one = row < list.count ? list[row] : ""
      let other = row < side.count ? side[row] : ""
      return TerminalText.padded(TerminalText.truncated(one, to: left), to: left) + " | " + other
    }
  }

  private func narrow(_ columns: Int, _ rows: Int, _ style: TextStyle) -> [String] {
    let list = self.list(columns, max(3, rows / 2))
    let side = self.side(columns, max(0, rows - list.count), style)
    let filler = Array(repeating: "", count: max(0, rows - list.count - side.count))
    return Array((list + side + filler).prefix(rows))
  }

  private func list(_ columns: Int, _ rows: Int) -> [String] {
    let shown = shown
    guard !shown.isEmpty else {
      return [incidents.isEmpty ? "no incidents yet" : "no incident passes; escape shows all again"]
    }
    let first = max(0, min(selected - rows / 2, shown.count - rows))
    return shown[first..<min(shown.count, first + rows)].enumerated().map { index, one in
      let incident = one.incident
      let mark = first + index == selected ? ">" : one.triage.status == .new ? "*" : " "
      let word = incident.severity.name.uppercased().prefix(4)
      let risk = String(incident.risk)
      let score = String(repeating: " ", count: max(0, 3 - risk.count)) + risk
      let title = TerminalText.visible(incident.title)
      return "\(mark) \(TerminalText.padded(String(word), to: 4)) \(score)  \(title)"
    }
  }

  private func side(_ columns: Int, _ rows: Int, _ style: TextStyle) -> [String] {
    var style = style
    style.columns = max(40, columns)
    let text = IncidentText(style)
    let all: [String]
    switch (pane, detail) {
    case (.help, _): all = Self.help
    case (_, nil): all = ["select an incident with j and k"]
    case (.detail, let detail?): all = text.show(detail).split(separator: "\n").map(String.init)
    case (.timeline, let detail?):
      all = text.timeline(detail).split(separator: "\n").map(String.init)
    }
    let first = max(0, min(offset, all.count - rows))
    return all[first..<min(all.count, first + max(0, rows))].map {
      TerminalText.truncated($0, to: columns)
    }
  }

  private func footer(_ columns: Int, room: Int) -> [String] {
    var lines = [String(repeating: "-", count: columns)]
    lines += notes.dropLast(isPaused ? pausedNotes : 0).suffix(room)
    if let prompt {
      lines.append(prompt.kind.label + TerminalText.visible(prompt.text))
    } else {
      var parts = ["? help", "q quit"]
      if isPaused { parts.append("PAUSED, \(pausedNotes) new, s goes on") }
      if !search.isEmpty { parts.append("/\(TerminalText.visible(search))") }
      parts += within.map { "only \(TerminalText.visible($0.description))" }
      parts += without.map { "without \(TerminalText.visible($0.description))" }
      lines.append(parts.joined(separator: "  "))
    }
    return lines
  }

  private static let help = [
    "j k      next, previous incident", "enter    its detail", "t        its timeline",
    "space b  further down, up", "e E      next, previous new incident",
    "/        search, escape shows all again", "f F      only, without its actor",
    "p        all of its actor", "a        make it yours", "c        comment",
    "x        close", "s        pause, go on", "q        stop reading, commit and end",
  ]
}

/// Numbers as a line of blocks.
enum Sparkline {
  private static let blocks = Array(" ▁▂▃▄▅▆▇█")

  /// Returns a character for each number; only nothing is empty.
  static func text(_ numbers: [Int], highest: Int) -> String {
    String(
      numbers.map { number in
        guard number > 0, highest > 0 else { return blocks[0] }
        let level = Int((Double(number) / Double(highest) * 8).rounded(.up))
        return blocks[max(1, min(8, level))]
      }
    )
  }
}
