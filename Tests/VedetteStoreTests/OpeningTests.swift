import Foundation
import Testing
import VedetteEvent
import VedetteFindings

@testable import VedetteStore

@Suite("Opening a database")
struct OpeningTests {
  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test("makes folder and files for the owner only")
  func privacy() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a/b/vedette.db"
    let store = try IncidentStore.open(path, for: .pipeline, writtenBy: "test")
    try store.commit(Example.batch(1))
    #expect(store.warnings == [])
    #expect(try mode(folder.path + "/a") == 0o700)
    #expect(try mode(folder.path + "/a/b") == 0o700)
    for suffix in ["", "-wal", "-shm", ".lock"] {
      #expect(try mode(path + suffix) == 0o600, "\(suffix)")
    }
    try store.close()
  }

  @Test("leaves a folder that is there as it is, and says so")
  func openFolder() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    let store = try folder.open()
    #expect(try mode(folder.path) == 0o755)
    #expect(
      store.warnings == [
        "folder '\(folder.path)' is open to other users (mode 0755); "
          + "'chmod 700 \(folder.path)' closes it"
      ]
    )
    try store.close()
  }

  @Test(
    "reading or deciding makes no database",
    arguments: [IncidentStore.Purpose.reading, .triage]
  )
  func missing(purpose: IncidentStore.Purpose) throws {
    let folder = try TemporaryFolder()
    #expect(problem { _ = try folder.open(purpose) } == .missing)
    #expect(!FileManager.default.fileExists(atPath: folder.database))
    #expect(FileManager.default.createFile(atPath: folder.database, contents: nil))
    #expect(problem { _ = try folder.open(purpose) } == .missing)
  }

  @Test("follows no symbolic link", arguments: ["", "-wal", "-shm", ".lock"])
  func symbolicLink(suffix: String) throws {
    let folder = try TemporaryFolder()
    let link = folder.database + suffix
    try FileManager.default.createSymbolicLink(
      atPath: link,
      withDestinationPath: folder.path + "/elsewhere"
    )
    #expect(problem { _ = try folder.open() } == .symbolicLink(link))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/elsewhere"))
  }

  @Test("follows no symbolic link to a folder")
  func symbolicFolder() throws {
    let folder = try TemporaryFolder()
    let link = folder.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path)
    let found = problem {
      _ = try IncidentStore.open(link + "/vedette.db", for: .pipeline, writtenBy: "test")
    }
    #expect(found == .symbolicLink(link))
  }

  @Test("refuses a folder, a second name and what is not a database")
  func wrongFiles() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.database,
      withIntermediateDirectories: false
    )
    #expect(problem { _ = try folder.open() } == .notAFile)
    try FileManager.default.removeItem(atPath: folder.database)

    try Data(repeating: 0x41, count: 8_192).write(to: URL(filePath: folder.database))
    #expect(problem { _ = try folder.open() } == .notOurs)
    #expect(problem { _ = try folder.open(.reading) } == .notOurs)
    try FileManager.default.linkItem(atPath: folder.database, toPath: folder.path + "/second")
    #expect(problem { _ = try folder.open() } == .hardLinked)
  }

  @Test("refuses another program's database")
  func foreign() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    try store.execute("PRAGMA application_id = 0; PRAGMA user_version = 0")
    try store.close()
    #expect(problem { _ = try folder.open() } == .notOurs)
  }

  @Test("refuses a newer database, says who wrote it and leaves it alone")
  func newer() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    try store.execute(
      "PRAGMA user_version = 99; UPDATE vedette SET value = 'vedette 7.0' WHERE name = 'written_by'"
    )
    try store.close()
    let before = try Data(contentsOf: URL(filePath: folder.database))
    for purpose in [IncidentStore.Purpose.reading, .triage, .pipeline] {
      let expected = StoreError.Problem.newerSchema(
        found: 99,
        known: Schema.version,
        writtenBy: "vedette 7.0"
      )
      #expect(problem { _ = try folder.open(purpose) } == expected)
    }
    #expect(try Data(contentsOf: URL(filePath: folder.database)) == before)
  }

  @Test("brings an earlier database up to date, with who takes part in findings")
  func earlierVersion() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    try store.commit(Example.batch(1, 2))
    let before = try store.findings()
    #expect(before.allSatisfy { $0.entities.count == 2 })
    try store.execute(
      """
      \(Example.firstFindings)
      PRAGMA user_version = 2
      """
    )
    try store.close()
    #expect(
      problem { _ = try folder.open(.reading) } == .olderSchema(found: 2, known: Schema.version)
    )
    let opened = try folder.open()
    #expect(try opened.findings() == before)
    try opened.close()
  }

  @Test("lets one pipeline run at a time, and others read and decide")
  func lock() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    let process = Int(ProcessInfo.processInfo.processIdentifier)
    #expect(problem { _ = try folder.open() } == .running(process: process))
    let other = try folder.open(.triage)
    let reader = try folder.open(.reading)
    #expect(try other.incidents(IncidentQuery()).isEmpty)
    #expect(try reader.incidents(IncidentQuery()).isEmpty)
    try store.close()
    let next = try folder.open()
    #expect(next.warnings == [])
    try next.close()
  }

  @Test("checks a database whose pipeline was killed")
  func unclean() throws {
    let folder = try TemporaryFolder()
    let copy = try TemporaryFolder()
    let store = try folder.open()
    try store.commit(Example.batch(1, 2))
    try folder.copyAsAfterKill(to: copy)
    try store.close()

    let process = ProcessInfo.processInfo.processIdentifier
    let recovered = try copy.open()
    #expect(
      recovered.warnings == [
        "process \(process) ended without closing '\(copy.database)'; it is sound"
      ]
    )
    #expect(try recovered.incidents(IncidentQuery()).count == 2)
    try recovered.close()
    #expect(try copy.open().warnings == [])
  }

  @Test("says that a database is damaged")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    for number in 1...40 { try store.commit(Example.batch(UInt64(number))) }
    try store.close()
    var bytes = try Data(contentsOf: URL(filePath: folder.database))
    for offset in stride(from: 4_096, to: bytes.count, by: 4_096) {
      for byte in 0..<64 { bytes[offset + byte] ^= 0x55 }
    }
    try bytes.write(to: URL(filePath: folder.database))
    try Data("1234\n".utf8).write(to: URL(filePath: folder.database + ".lock"))
    let found = problem { _ = try folder.open() }
    guard case .corrupt = found else {
      Issue.record("opened a damaged database: \(String(describing: found))")
      return
    }
  }

  @Test("each problem is told in one line with a remedy")
  func messages() {
    let problems: [StoreError.Problem] = [
      .missing, .symbolicLink("/l"), .notAFile, .hardLinked, .foreignOwner(5), .notOurs,
      .newerSchema(found: 2, known: 1, writtenBy: "vedette 2.0"),
      .olderSchema(found: 2, known: 2), .corrupt("page 3"), .running(process: 17),
      .running(process: nil), .busy, .full, .readOnly, .notPermitted("no"), .inputOutput("EIO"),
      .closed,
      .unknownID("zz"), .ambiguousID("7f", candidates: ["INC-7f3", "INC-7f4"]),
      .refused(.notClosed), .inconsistent("x"), .other(code: 1, message: "m"),
    ]
    for problem in problems {
      let text = StoreError(problem, path: "/d/v.db").description
      #expect(!text.contains("\n") && !text.hasSuffix(".") && text.contains("; "), "\(text)")
    }
    #expect(
      StoreError(.missing, path: "/d/v.db").description
        == "'/d/v.db': no database here; 'vedette run' or 'vedette replay --db' makes one, "
        + "or name another with --db"
    )
  }
}

extension IncidentStore {
  /// The findings of every incident.
  fileprivate func findings() throws -> [Finding] {
    var findings: [Finding] = []
    try forEachIncident { findings += $0.findings }
    return findings
  }
}
