import ArgumentParser
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteNotify
import VedetteStore

/// `vedette notify`: who is told of incidents.
struct NotifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notify",
    abstract: "Try whoever is told of incidents, and see what waits.",
    subcommands: [NotifyTestCommand.self, NotifyListCommand.self]
  )

  /// Returns the targets of a configuration, of which there must be one.
  static func targets(_ database: DatabaseOptions) throws -> [Notifier] {
    let notifiers = try database.loaded()?.pipeline.notifiers ?? []
    guard !notifiers.isEmpty else {
      throw CommandFailure(
        "the configuration tells nobody: add 'notify: [{ webhook: https://... }]' and name it "
          + "with --config"
      )
    }
    return notifiers
  }
}

/// `vedette notify test`.
struct NotifyTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Send each target a message that says that it is a test.",
    discussion: "Exits with 1 if a target can't be reached. Nothing is written to the database."
  )
  @OptionGroup var options: GlobalOptions
  @OptionGroup var database: DatabaseOptions
  @Argument(help: "The targets, by name; all if none is named.") var names: [String] = []
  @Flag(help: "Print what would be sent, and send nothing.") var dryRun = false

  func run() throws {
    let all = try NotifyCommand.targets(database)
    if let unknown = names.first(where: { name in !all.contains { $0.name == name } }) {
      let known = all.map(\.name).joined(separator: ", ")
      throw ValidationError("no target is called '\(unknown)'; there are \(known)")
    }
    let path = try database.path()
    let store = try? IncidentStore.open(path, for: .reading, writtenBy: Release.name)
    let none = ActivityHead(number: 0, digest: String(repeating: "0", count: 64))
    let head = try store?.activityHead() ?? none
    let sender = NotificationSender(milliseconds: Clock.milliseconds)
    var failed = false
    for notifier in all where names.isEmpty || names.contains(notifier.name) {
      let body = Announcer.test(notifier, at: Clock.now(), head)
      guard !dryRun else {
        Output.line(body)
        continue
      }
      let name = TerminalText.visible(notifier.name)
      let start = Clock.milliseconds()
      do throws(NotificationError) {
        try sender.send(body, number: 0, to: notifier, at: Clock.now())
        Output.shownLine("ok       \(name): reached in \(Clock.milliseconds() - start) ms")
      } catch {
        failed = true
        Output.shownLine("problem  \(name): \(error)")
      }
    }
    if failed { throw ExitCode(1) }
  }
}

/// `vedette notify list`.
struct NotifyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List messages that wait to be sent, and why."
  )
  @OptionGroup var common: IncidentOptions

  func run() throws {
    let (store, _) = try common.open(for: .reading)
    let far = EventTime(nanosecondsSinceEpoch: .max)
    let waiting = try store.dueNotifications(at: far, limit: 1_000)
    switch common.options.format {
    case .table:
      for one in waiting {
        let why = one.lastError.map { ": " + TerminalText.visible($0) } ?? ""
        Output.shownLine(
          "\(one.made)  \(TerminalText.visible(one.target))  INC-\(one.incident.hex.prefix(10))  "
            + "tried \(one.attempts) times\(why)"
        )
      }
    case .json, .ndjson:
      for one in waiting {
        var json = JSONWriter()
        json.object { json in
          json.member("target", one.target)
          json.member("incident", "INC-\(one.incident.hex)")
          json.member("made", one.made.description)
          json.member("attempts", one.attempts)
          json.member("error", one.lastError)
          json.key("body")
          json.raw(one.body)
        }
        Output.line(json.text)
      }
    case .csv:
      Output.line("target,incident,made,attempts,error")
      for one in waiting {
        let cells = [
          one.target, "INC-\(one.incident.hex)", one.made.description, String(one.attempts),
          one.lastError ?? "",
        ]
        Output.line(cells.map(CSV.field).joined(separator: ","))
      }
    }
    let count = try store.waitingNotifications().count
    if waiting.isEmpty { common.options.note("no message waits") }
    if count > waiting.count { common.options.note("\(count - waiting.count) more wait") }
    let unsent = try store.unsentNotifications()
    if unsent.tooOld > 0 {
      common.options.note(
        "of \(unsent.tooOld) incidents nobody was told: they were last seen over an hour before"
      )
    }
    if unsent.dropped > 0 {
      common.options.note("\(unsent.dropped) messages were dropped because too many waited")
    }
  }
}
