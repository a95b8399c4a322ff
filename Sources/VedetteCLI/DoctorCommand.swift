import ArgumentParser
import FoundationEssentials
import Glibc
import Vedette
import VedetteEvent
import VedetteIncidents
import VedetteRules
import VedetteStore

/// `vedette doctor`: a self-check with remedies.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check rules, database and sources, and say what to do about each problem."
  )
  @OptionGroup var common: IncidentOptions

  /// A line of the check.
  private enum Outcome {
    case good(String)
    case bad(String, remedy: String)
  }

  func run() throws {
    var outcomes = checkRules()
    outcomes += checkDatabase()
    var isGood = true
    for outcome in outcomes {
      switch outcome {
      case .good(let text): Output.shownLine("ok       \(text)")
      case .bad(let text, let remedy):
        isGood = false
        Output.shownLine("problem  \(text)")
        Output.shownLine("         \(remedy)")
      }
    }
    if !isGood { throw ExitCode(1) }
  }

  private func checkRules() -> [Outcome] {
    var configuration = PipelineConfiguration()
    do {
      if let loaded = try common.database.loaded() { configuration = loaded.pipeline }
    } catch {
      return [
        .bad("\(error)", remedy: "correct the configuration; nothing else was checked with it")
      ]
    }
    let (rules, errors, _) = RuleSource.load(configuration)
    var outcomes: [Outcome] = [.good("\(rules.entries.count) rules can be used")]
    let places = configuration.places?.names.map(TerminalText.visible).joined(separator: ", ")
    outcomes.append(
      .good(
        places.map { "impossible travel is judged by \($0)" }
          ?? "impossible travel is not available: neither enrich.geo nor enrich.networks is set"
      )
    )
    for error in errors.prefix(20) {
      outcomes.append(.bad("\(error)", remedy: "correct the rule; the others run without it"))
    }
    return outcomes
  }

  private func checkDatabase() -> [Outcome] {
    do {
      let path = try common.database.path()
      let store = try IncidentStore.open(path, for: .reading, writtenBy: Release.name)
      var outcomes: [Outcome] = store.warnings.map {
        .bad($0, remedy: "chmod 700 the folder of the database if nobody else needs it")
      }
      outcomes += checkPipeline(path)
      try store.checkSoundness()
      let count = try store.incidentCount(IncidentQuery())
      outcomes.append(.good("\(path) holds \(count) incidents"))
      if let problem = try store.verifyActivity(against: nil).problem {
        outcomes.append(.bad(AuditText.what(problem), remedy: AuditText.remedy(problem)))
      }
      let waiting = try store.waitingNotifications()
      if let error = waiting.lastError {
        outcomes.append(
          .bad(
            "\(waiting.count) notifications wait: \(TerminalText.visible(error))",
            remedy: "vedette notify test tries each target; vedette notify list shows what waits"
          )
        )
      }
      let unsent = try store.unsentNotifications()
      if unsent.tooOld > 0 {
        outcomes.append(
          .good("of \(unsent.tooOld) incidents nobody was told: last seen over an hour before")
        )
      }
      if unsent.dropped > 0 {
        outcomes.append(
          .bad(
            "\(unsent.dropped) notifications were dropped because too many waited",
            remedy: "vedette notify test tries each target"
          )
        )
      }
      for source in try store.sourceStatus() { outcomes.append(contentsOf: check(source)) }
      return outcomes
    } catch let error as StoreError {
      let what = error.description.replacing("; " + error.remedy, with: "")
      return [.bad(what, remedy: error.remedy)]
    } catch {
      return [.bad("\(error)", remedy: "see 'vedette --help' for where the database is looked for")]
    }
  }

  /// What the pipeline is at, and whether the database can be written to.
  private func checkPipeline(_ path: String) -> [Outcome] {
    var outcomes: [Outcome] = []
    switch IncidentStore.runState(path) {
    case .some(let state) where state.isRunning:
      if let waiting = state.waiting {
        outcomes.append(
          .bad(
            "process \(state.process) runs on it and waits: \(TerminalText.visible(waiting))",
            remedy: "it goes on by itself then; nothing that was committed is lost"
          )
        )
      } else {
        outcomes.append(.good("process \(state.process) runs on it"))
      }
    case .some(let state):
      outcomes.append(
        .good("process \(state.process) ended without closing it; the next start goes on there")
      )
    case .none: break
    }
    outcomes += checkWriting(path)
    return outcomes
  }

  private func checkWriting(_ path: String) -> [Outcome] {
    var outcomes: [Outcome] = []
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path)
    if let free = (attributes?[.systemFreeSize] as? any BinaryInteger).map({ Int64($0) }),
      free < Self.freeBytesMin
    {
      outcomes.append(
        .bad(
          "\(free >> 10) KiB are free on the disk of '\(path)'",
          remedy: "free some space: while the disk is full, 'vedette run' waits"
        )
      )
    }
    do throws(StoreError) {
      let store = try IncidentStore.open(
        path,
        for: .triage,
        writtenBy: Release.name,
        busySeconds: Self.busySeconds
      )
      try store.checkWritable()
      try store.close()
    } catch {
      let what = error.description.replacing("; " + error.remedy, with: "")
      outcomes.append(.bad(what, remedy: error.remedy))
    }
    return outcomes
  }

  private static let freeBytesMin: Int64 = 16 << 20
  private static let busySeconds = 2

  private func check(_ source: SourceStatus) -> [Outcome] {
    let name = TerminalText.visible(source.source.name)
    var outcomes: [Outcome] = []
    if let problem = source.problem {
      outcomes.append(
        .bad("\(name): \(TerminalText.visible(problem))", remedy: "see the message")
      )
    }
    if source.records > 0, source.deadLetterCount * 20 > source.records {
      outcomes.append(
        .bad(
          "\(name): \(source.deadLetterCount) of \(source.records) records could not be read",
          remedy: "vedette explain --failures FILE shows them; --format names the format by hand"
        )
      )
    }
    for loss in source.losses {
      outcomes.append(
        .bad(
          "\(name): lost \(loss.count) \(TerminalText.visible(loss.reason))",
          remedy: "send over TCP, send less, or raise net.core.rmem_max; Operations says more"
        )
      )
    }
    if let last = source.lastEvent, let read = source.lastRead,
      let hours = Self.wholeHours(last, read)
    {
      outcomes.append(
        .bad(
          "\(name): its newest event is \(hours) h ahead of when it was read",
          remedy: "set the source's timezone in the configuration"
        )
      )
    }
    if outcomes.isEmpty { outcomes.append(.good("\(name): \(source.events) events")) }
    return outcomes
  }

  /// How many whole hours the newest event is ahead, if it is about that.
  private static func wholeHours(_ last: EventTime, _ read: EventTime) -> Int64? {
    let minutes = last.nanoseconds(since: read) / 60_000_000_000
    guard minutes > 30 else { return nil }
    let hours = (minutes + 30) / 60
    return abs(minutes - hours * 60) <= 5 && hours <= 14 ? hours : nil
  }
}
