import Glibc
import Synchronization
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteStore

/// `vedette run --ui`: draws what a run does, on a thread of its own, and carries out what is asked
/// for by keys.
final class LiveView: Sendable {
  private static let waitMilliseconds: Int32 = 200
  private static let refreshMilliseconds: Int64 = 1_000
  private static let incidentsMax = 500
  private static let samplesMax = 120

  private let store: IncidentStore
  private let options: GlobalOptions
  private let control: RunControl
  private let waiting = Mutex<[String]>([])
  private let isDone = Atomic<Bool>(false)

  init(_ store: IncidentStore, options: GlobalOptions, control: RunControl) {
    self.store = store
    self.options = options
    self.control = control
  }

  /// Takes the terminal over and begins to draw; what is noted from now on is shown in the view.
  func start() {
    RawTerminal.take()
    Output.divert { [self] text in waiting.withLock { $0.append(text) } }
    Thread.detach { [self] in
      draw()
      isDone.store(true, ordering: .releasing)
    }
  }

  /// Waits until nothing more is drawn; notes go to standard error again.
  func finish() {
    control.stop()
    while !isDone.load(ordering: .acquiring) { usleep(10_000) }
    Output.divert(nil)
  }

  private func draw() {
    var screen = LiveScreen()
    var counts: [String: Int] = [:]
    var nextRefresh = Int64.min
    var last: [String] = []
    while !control.isStopping {
      let now = Clock.milliseconds()
      for text in waiting.withLock({ list in
        defer { list = [] }
        return list
      }) { screen.note(text) }
      if now >= nextRefresh, !screen.isPaused {
        nextRefresh = now + Self.refreshMilliseconds
        refresh(&screen, &counts)
      }
      let size = RawTerminal.size
      let lines = screen.lines(columns: size.columns, rows: size.rows, style: style)
      if lines != last {
        last = lines
        let text = lines.map { $0 + "\u{1b}[K" }.joined(separator: "\r\n")
        Output.write("\u{1b}[H" + text + "\u{1b}[J")
      }
      guard let keys = RawTerminal.keys(milliseconds: Self.waitMilliseconds) else {
        return control.stop()
      }
      for key in keys {
        guard let action = screen.press(key) else { continue }
        carryOut(action, &screen)
        screen.detail = screen.selection.flatMap { try? store.incident($0.hex) }
      }
    }
    Output.write("\u{1b}[H\u{1b}[2Jreading what is there, then ending ..")
  }

  private static var query: IncidentQuery {
    var query = IncidentQuery()
    query.limit = incidentsMax
    return query
  }

  private var style: TextStyle {
    var style = TextStyle()
    if options.tz == .local {
      style.zone = LocalZone.name
      style.zoneOffsetSeconds = LocalZone.offsetSeconds
    }
    return style
  }

  private func refresh(_ screen: inout LiveScreen, _ counts: inout [String: Int]) {
    do throws(StoreError) {
      screen.incidents = try store.incidents(Self.query)
      let known = Dictionary(screen.rates.map { ($0.name, $0.perSecond) }) { first, _ in first }
      var rates: [LiveScreen.Rate] = []
      for source in try store.sourceStatus() {
        let name = source.source.name
        let new = max(0, source.events - (counts[name] ?? source.events))
        counts[name] = source.events
        let samples = ((known[name] ?? []) + [new]).suffix(Self.samplesMax)
        rates.append(LiveScreen.Rate(name: name, perSecond: Array(samples)))
      }
      screen.rates = rates
      screen.detail = try screen.selection.map { id throws(StoreError) in
        try store.incident(id.hex)
      }
    } catch {
      screen.note("the database can't be read for now: \(error)")
    }
  }

  private func carryOut(_ action: LiveScreen.Action, _ screen: inout LiveScreen) {
    do throws(StoreError) {
      let now = Clock.now()
      switch action {
      case .quit: control.stop()
      case .refresh: break
      case .assign(let id):
        try store.apply(.assign(to: User.name), to: id.hex, by: User.name, at: now)
      case .comment(let id, let text):
        try store.apply(.comment(text), to: id.hex, by: User.name, at: now)
      case .close(let id, let verdict, let reason):
        try store.apply(.close(as: verdict, reason: reason), to: id.hex, by: User.name, at: now)
        screen.note("INC-\(id.hex.prefix(10)) closed as \(verdict.rawValue)")
      }
      if action != .refresh, action != .quit {
        screen.incidents = try store.incidents(Self.query)
      }
    } catch {
      screen.note("\(error)")
    }
  }
}
