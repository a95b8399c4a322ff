import Foundation
import Testing
import VedetteEvent
import VedetteFindings

@testable import VedetteStore

@Suite("Outbox")
struct OutboxTests {
  private let folder: TemporaryFolder
  private let store: IncidentStore

  init() throws {
    folder = try TemporaryFolder()
    store = try folder.open()
  }

  private func message(_ number: UInt64, _ target: String = "ops") -> IncidentNotice {
    IncidentNotice(
      target: target,
      incident: Example.id(number),
      severity: .high,
      reason: .opened,
      body: "{\"n\":\(number)}"
    )
  }

  @Test("a message is there when its incident is, and not before")
  func atomic() throws {
    var batch = Example.batch(1)
    batch.notifications = [message(1)]
    // The commit fails in its last statement: a finding of an incident that nobody knows.
    batch.movedFindings = [.init(Example.id(1), to: Example.id(9))]
    #expect(problem { try store.commit(batch) } != nil)
    #expect(try store.waitingNotifications().count == 0)
    batch.movedFindings = []
    try store.commit(batch)
    #expect(try store.dueNotifications(at: batch.time, limit: 9).map(\.body) == ["{\"n\":1}"])
    #expect(try store.incident("0001").incident.id == Example.id(1))
  }

  @Test("what a target was told is known by any id of the incident")
  func told() throws {
    var batch = Example.batch(1)
    batch.notifications = [message(1)]
    try store.commit(batch)
    let told = try store.notified(of: [Example.id(7): [Example.id(1)]], target: "ops")
    #expect(told[Example.id(7)]?.severity == .high)
    #expect(try store.notified(of: [Example.id(1): []], target: "other").isEmpty)
  }

  @Test("a failure waits until its time, with its reason; what was sent is gone")
  func delays() throws {
    try store.add([message(1), message(2)], at: Example.start)
    let due = try store.dueNotifications(at: Example.start, limit: 9)
    #expect(due.map(\.number) == [1, 2])
    try store.finishNotification(1)
    try store.delayNotification(2, error: "no answer", until: Example.time(60))
    #expect(try store.dueNotifications(at: Example.time(59), limit: 9).isEmpty)
    let again = try store.dueNotifications(at: Example.time(60), limit: 9)
    #expect(again.map(\.attempts) == [1])
    #expect(try store.waitingNotifications().lastError == "no answer")
  }

  @Test("a reopened incident is to be told again, once")
  func reopened() throws {
    var batch = Example.batch(1)
    batch.notifications = [message(1)]
    try store.commit(batch)
    try store.apply(.close(as: .benign, reason: "x"), to: "0001", by: "ada", at: Example.start)
    #expect(try store.reopened(target: "ops").isEmpty)
    try store.apply(.reopen(reason: "y"), to: "0001", by: "ada", at: Example.start)
    #expect(try store.reopened(target: "ops") == [Example.id(1)])
    try store.add([message(1)], at: Example.start)
    #expect(try store.reopened(target: "ops").isEmpty)
  }

  @Test("of too many the oldest go, and are counted")
  func bounded() throws {
    let excess = 3
    let all = (1...UInt64(Limits.notificationsKeptMax + excess)).map { message($0) }
    try store.add(all, at: Example.start)
    #expect(try store.waitingNotifications().count == Limits.notificationsKeptMax)
    #expect(try store.dueNotifications(at: Example.start, limit: 1)[0].number == Int64(excess + 1))
    let dropped = try store.metrics().first { $0.name == "notifications_dropped" }
    #expect(dropped?.value == Double(excess))
  }

  @Test("what an exception hides is stored, counted and in no incident")
  func hidden() throws {
    var batch = Example.batch(1)
    batch.findings.append(.init(Example.finding(2, at: 30), hiddenBy: "scanner"))
    try store.commit(batch)
    // Committed again as it has grown, it is counted once.
    var grown = CommitBatch(at: Example.start)
    var finding = Example.finding(2, at: 30)
    finding.count = 12
    grown.findings = [.init(finding, hiddenBy: "scanner")]
    try store.commit(grown)
    #expect(
      try store.exceptionHits() == [
        ExceptionHits(exception: "scanner", findings: 1, events: 12, last: Example.time(40))
      ]
    )
    var all: [String] = []
    try store.forEachFinding { finding, incident, exception in
      all.append("\(finding.id == Example.id(2)) \(incident != nil) \(exception ?? "-")")
    }
    #expect(all == ["false true -", "true false scanner"])
    // An exception that is gone hides nothing any more.
    grown.findings = [.init(finding, in: Example.id(1))]
    try store.commit(grown)
    #expect(try store.exceptionHits().isEmpty)
  }
}
