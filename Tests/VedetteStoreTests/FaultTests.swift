import Foundation
import Testing
import VedetteEvent
import VedetteFindings

@testable import VedetteStore

@Suite("Faults")
struct FaultTests {
  private func ids(_ store: IncidentStore) throws -> [FindingID] {
    try store.incidents(IncidentQuery()).map(\.incident.id).sorted()
  }

  @Test("a full disk refuses a commit as a whole, and takes it when there is room again")
  func full() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    try store.commit(Example.batch(1))
    try store.execute("PRAGMA max_page_count = 1")
    var batch = Example.batch(2, 3)
    batch.findings[1].finding.evidence[0].raw = [UInt8](repeating: 1, count: 60_000)
    #expect(problem { try store.commit(batch) } == .full)
    #expect(try ids(store) == [Example.id(1)])
    try store.execute("PRAGMA max_page_count = 1000000")
    try store.commit(batch)
    #expect(try ids(store) == [1, 2, 3].map(Example.id))
    try store.close()
    #expect(try ids(try folder.open()).count == 3)
  }

  @Test("a database that can't be written to is told apart")
  func readOnly() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    try store.commit(Example.batch(1))
    try store.execute("PRAGMA query_only = 1")
    #expect(problem { try store.commit(Example.batch(2)) } == .readOnly)
    try store.execute("PRAGMA query_only = 0")
    #expect(try ids(store) == [Example.id(1)])
    let reader = try folder.open(.reading)
    #expect(
      problem { try reader.apply(.comment("x"), to: "0001", by: "ada", at: Example.start) }
        == .readOnly
    )
    try store.close()
  }

  @Test("a writer that does not end is told after the time to wait, and harms nothing")
  func busy() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open(busySeconds: 1)
    try store.commit(Example.batch(1))
    let other = try folder.open(.triage, busySeconds: 1)
    try other.write { _ in
      #expect(problem { try store.commit(Example.batch(2)) } == .busy)
      let kept = try ids(store)
      #expect(kept == [Example.id(1)])
    }
    try store.commit(Example.batch(2))
    #expect(try ids(store) == [1, 2].map(Example.id))
  }

  @Test("whatever a kill interrupts, the commits before it are whole and none is halved")
  func killed() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    for number in 1...8 as ClosedRange<UInt64> {
      try store.commit(Example.batch(number * 2, number * 2 + 1))
      // In the middle of the next commit, and with the last bytes of the log torn off.
      let killed = try TemporaryFolder()
      #expect(throws: StoreError.self) {
        try store.write { db in
          try db.run("UPDATE incident SET title = 'half', owner = zeroblob(9000000)", [])
          try folder.copyAsAfterKill(to: killed)
          throw TriageError.notClosed
        }
      }
      try tear(killed.database + "-wal", by: Int(number) * 7)

      let recovered = try killed.open()
      let found = try recovered.incidents(IncidentQuery())
      #expect(found.count.isMultiple(of: 2))
      #expect(found.count >= Int(number - 1) * 2)
      #expect(found.allSatisfy { $0.incident.title == "brute force" })
      try recovered.commit(Example.batch(99))
      #expect(try recovered.incidents(IncidentQuery()).count == found.count + 1)
      try recovered.close()
    }
  }

  private func tear(_ path: String, by count: Int) throws {
    let file = try FileHandle(forUpdating: URL(filePath: path))
    let end = try file.seekToEnd()
    try file.truncate(atOffset: end - min(end, UInt64(count)))
    try file.close()
  }

  @Test("a kill before the tables were made leaves a database that can be made")
  func killedWhileMaking() throws {
    let folder = try TemporaryFolder()
    #expect(FileManager.default.createFile(atPath: folder.database, contents: nil))
    try Data("4711\n".utf8).write(to: URL(filePath: folder.database + ".lock"))
    let store = try folder.open()
    try store.commit(Example.batch(1))
    #expect(store.warnings.contains { $0.contains("process 4711") })
    try store.close()
  }

  @Test("an operation after closing is an error, not a crash")
  func closed() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    try store.close()
    #expect(problem { try store.commit(Example.batch(1)) } == .closed)
    #expect(problem { _ = try store.incidents(IncidentQuery()) } == .closed)
    try store.close()
  }
}
