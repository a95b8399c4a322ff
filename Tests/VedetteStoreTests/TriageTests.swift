import Foundation
import Testing
import VedetteEvent
import VedetteFindings

@testable import VedetteStore

@Suite("Triage")
struct TriageTests {
  private let folder: TemporaryFolder
  private let store: IncidentStore

  init() throws {
    folder = try TemporaryFolder()
    store = try folder.open()
    try store.commit(Example.batch(1, 2))
  }

  @Test("a decision made elsewhere is seen at once and not overwritten by the next commit")
  func survivesCommit() throws {
    let other = try folder.open(.triage)
    let closing = TriageAction.close(as: .falsePositive, reason: "scanner")
    let result = try other.apply(closing, to: "INC-0001", by: "ada", at: Example.time(5))
    #expect(result.id == Example.id(1))
    let decided = Triage(status: .closed, classification: .falsePositive)
    #expect(try store.incident("0001").triage == decided)

    var batch = Example.batch(1, at: 0)
    batch.incidents[0].title = "brute force, still going"
    try store.commit(batch)
    let detail = try other.incident("0001")
    #expect(detail.triage == decided)
    #expect(detail.incident.title == "brute force, still going")
    #expect(
      detail.activity == [
        Activity(
          number: 1,
          incident: Example.id(1),
          time: Example.time(5),
          user: "ada",
          action: "close",
          detail: "false-positive: scanner"
        )
      ]
    )
  }

  @Test("a refused decision leaves no trace")
  func refused() throws {
    let reopening = TriageAction.reopen(reason: "more of it")
    #expect(
      problem { try store.apply(reopening, to: "0001", by: "ada", at: Example.start) }
        == .refused(.notClosed)
    )
    #expect(
      problem { try store.apply(.comment("x"), to: "0001", by: " ", at: Example.start) }
        == .refused(.empty("user"))
    )
    #expect(
      problem { try store.apply(.comment("x"), to: "zz", by: "ada", at: Example.start) }
        == .unknownID("zz")
    )
    #expect(try store.incident("0001").activity.isEmpty)
  }

  @Test("activity can't be changed, deleted or replaced")
  func appendOnly() throws {
    for number in 1...3 {
      try store.apply(.comment("note \(number)"), to: "0001", by: "ada", at: Example.start)
    }
    let attempts = [
      "UPDATE activity SET user = 'eve'",
      "DELETE FROM activity WHERE activity_key = 2",
      "INSERT OR REPLACE INTO activity VALUES (2, '', 0, 'eve', '', '', x'', x'', x'', 3)",
      "UPDATE activity SET purged_by = 3, detail = '' WHERE activity_key = 2",
    ]
    for attempt in attempts {
      guard case .other(_, let message) = problem({ try store.execute(attempt) }) else {
        Issue.record("\(attempt) was allowed")
        continue
      }
      #expect(message == "activity is only ever added to")
    }
    #expect(try store.verifyActivity(against: nil).problem == nil)
  }

  @Test("decisions and commits at the same time lose nothing")
  func concurrency() async throws {
    let store = store
    let other = try folder.open(.triage)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for number in 0..<60 {
          var batch = Example.batch(1, 2)
          batch.incidents[0].title = "commit \(number)"
          try store.commit(batch)
        }
      }
      group.addTask {
        for number in 0..<60 {
          let user = number.isMultiple(of: 2) ? "ada" : "bob"
          try other.apply(.assign(to: user), to: "0001", by: user, at: Example.time(number))
        }
      }
      try await group.waitForAll()
    }
    let detail = try store.incident("0001")
    #expect(detail.activity.count == 60)
    #expect(detail.triage == Triage(status: .active, owner: "bob"))
    #expect(detail.incident.title == "commit 59")
    #expect(try store.verifyActivity(against: nil).problem == nil)
  }
}
