import Foundation
import Testing
import VedetteEvent

@testable import VedetteIngest

@Suite("Source plan")
struct SourcePlanTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func plan(_ names: String..., purpose: SourcePlan.Purpose = .replay) -> SourcePlan {
    SourcePlan(expanding: names.map { folder[$0] }, for: purpose)
  }

  private func names(_ plan: SourcePlan) -> [String] {
    plan.files.map { String($0.path.description.dropFirst(folder.path.count + 1)) }
  }

  @Test("a folder is read with all below it in the order of names; what holds no records is named")
  func folderOrder() throws {
    try folder.makeFolder("d/b")
    try folder.makeFolder("d/.git")
    for name in ["z.log", "b/2.log", "b/1.log", "a.json", "B.log", ".git/config"] {
      try folder.write("d/" + name, "x\n")
    }
    for name in ["README", "README.txt", "notes.md", "scenario.yml", "c.yaml", "labels.ndjson"] {
      try folder.write("d/" + name, "x\n")
    }
    let plan = plan("d")
    #expect(names(plan) == ["d/B.log", "d/a.json", "d/b/1.log", "d/b/2.log", "d/z.log"])
    #expect(
      plan.passedOver.map { String($0.path.dropFirst(folder.path.count + 3)) } == [
        ".git", "README", "README.txt", "c.yaml", "labels.ndjson", "notes.md", "scenario.yml",
      ]
    )
    #expect(plan.passedOver.allSatisfy { $0.reason == .name })
    #expect(plan.problems.isEmpty)
  }

  @Test("the parts of a rotated log are one source, oldest first, at the place of the first")
  func rotated() throws {
    let parts = [
      "auth.log", "auth.log.1", "auth.log.2.gz", "auth.log.10.gz", "auth.log-20260101.gz",
      "auth.log-20251231",
    ]
    for name in parts + ["b.log"] { try folder.write(name, "x\n") }
    let plan = plan("b.log", "auth.log", "*")
    #expect(
      names(plan) == [
        "b.log", "auth.log-20251231", "auth.log-20260101.gz", "auth.log.10.gz", "auth.log.2.gz",
        "auth.log.1", "auth.log",
      ]
    )
    #expect(
      Set(plan.files.map(\.source)) == [SourceID(folder["auth.log"]), SourceID(folder["b.log"])]
    )
  }

  @Test("a part and its compressed copy are read once")
  func packedCopy() throws {
    try folder.write("a.log.1", "1\n2\n")
    try folder.write("a.log.1.gz", Gzip.member("1\n2\n"))
    try folder.write("a.log.gz", Gzip.member("other\n"))
    try folder.write("a.log", "3\n")
    let plan = plan("*")
    #expect(names(plan) == ["a.log.1", "a.log", "a.log.gz"])
    #expect(plan.passedOver.map(\.reason) == [.copy(of: folder["a.log.1"])])
  }

  @Test("case 12: a hard link and overlapping patterns give a file once")
  func case12_onceOnly() throws {
    try folder.write("a.log", "x\n")
    try folder.hardLink("b.log", to: "a.log")
    let plan = plan("a.log", "*.log", "a.*")
    #expect(names(plan) == ["a.log"])
    #expect(
      plan.passedOver == [
        SourcePlan.PassedOver(path: folder["b.log"], reason: .sameFile(as: folder["a.log"]))
      ]
    )
  }

  @Test("case 11: a link and its target give the target once, whichever comes first")
  func case11_linkAndTarget() throws {
    try folder.write("real.log", "x\n")
    try folder.link("current.log", to: "real.log")
    #expect(names(plan("*.log")) == ["real.log"])
    #expect(names(plan("current.log", "real.log")) == ["real.log"])
    #expect(names(plan("current.log")) == ["current.log"])
  }

  @Test("a link back to a folder above does not go round for ever")
  func loop() throws {
    try folder.makeFolder("d/e")
    try folder.write("d/e/a.log", "x\n")
    try folder.link("d/e/up", to: "..")
    #expect(names(plan("d")) == ["d/e/a.log"])
  }

  @Test("case 28: a folder is expanded, what is no file of records is refused and told")
  func case28_kinds() throws {
    try folder.write("a.log", "x\n")
    guard unsafe mkfifo(folder["pipe"], 0o600) == 0 else { return }
    let plan = SourcePlan(
      expanding: [folder["a.log"], folder["pipe"], "/dev/null", "/proc/self/status", "-", "-"],
      for: .replay
    )
    #expect(plan.files.map(\.path.description) == [folder["a.log"], "-"])
    #expect(
      plan.problems.map(\.problem) == [
        .wrongKind("named pipe"), .wrongKind("device"), .wrongKind("file of the kernel"),
      ]
    )
    #expect(plan.problems.allSatisfy { $0.remedy != nil })
    #expect(names(self.plan("pipe", purpose: .follow)) == ["pipe"])
    let inside = SourcePlan(expanding: [folder.path], for: .replay)
    #expect(inside.passedOver.map(\.reason) == [.kind("named pipe")])
  }

  @Test("case 28: what is not there or may not be read is told, the others go on")
  func case28_missing() throws {
    try folder.write("a.log", "x\n")
    let plan = plan("none.log", "*.none", "a.log")
    #expect(names(plan) == ["a.log"])
    #expect(plan.problems.map(\.problem) == [.notFound, .noMatch])
    #expect(plan.problems.map(\.path) == [folder["none.log"], folder["*.none"]])
  }

  @Test(
    "case 34: odd names are found, read and shown",
    arguments: [" a b.log", "new\nline.log", "-dash.log", "[x].log", "é.log"]
  )
  func oddNames(name: String) throws {
    try folder.write(name, "x\n")
    let plan = plan(name)
    #expect(names(plan) == [name])
    for file in plan.files {
      var reader = try FileReader(file, framing: nil)
      #expect(try reader.nextChunk()?.records.count == 1)
    }
  }

  @Test("case 34: a name that is no UTF-8 is read by its bytes and shown escaped")
  func case34_nameOfBytes() throws {
    let path = SourcePath(bytes: Array(folder.path.utf8) + [0x2f, 0x61, 0xff, 0xc3, 0xa9, 0x80])
    let file = unsafe path.withCString { unsafe open($0, O_WRONLY | O_CREAT, 0o644) }
    try #require(file >= 0)
    #expect(unsafe write(file, "x\n", 2) == 2)
    close(file)
    let plan = plan("*")
    #expect(names(plan) == ["a\\xffé\\x80"])
    #expect(plan.files.first?.path == path)
    for file in plan.files {
      var reader = try FileReader(file, framing: nil)
      #expect(try reader.nextChunk()?.path == folder["a\\xffé\\x80"])
    }
  }

  struct Name: Sendable, CustomTestStringConvertible {
    let name: String
    let logical: String
    let age: RotationName.Age
    var testDescription: String { name }
  }

  static let rotations: [Name] = [
    Name(name: "auth.log", logical: "auth.log", age: .live),
    Name(name: "auth.log.gz", logical: "auth.log", age: .live),
    Name(name: "auth.log.1", logical: "auth.log", age: .numbered(1)),
    Name(name: "auth.log.12.gz", logical: "auth.log", age: .numbered(12)),
    Name(name: "dmesg.0", logical: "dmesg", age: .numbered(0)),
    Name(name: "Xorg.log.old", logical: "Xorg.log", age: .numbered(1)),
    Name(name: "auth.log-20260101", logical: "auth.log", age: .dated(20_260_101_000_000)),
    Name(name: "app.log.2026-01-02", logical: "app.log", age: .dated(20_260_102_000_000)),
    Name(name: "app.log.2026-01-02_13.gz", logical: "app.log", age: .dated(20_260_102_130_000)),
    Name(name: "app-10-20260101", logical: "app-10", age: .dated(20_260_101_000_000)),
    Name(name: "app.log-1767225600", logical: "app.log", age: .dated(1_767_225_600)),
    Name(name: "10.0.0.1", logical: "10.0.0.1", age: .live),
    Name(name: "192.168.0.10.gz", logical: "192.168.0.10", age: .live),
    Name(name: "app-20260101.log", logical: "app-20260101.log", age: .live),
    Name(name: "20260101", logical: "20260101", age: .live),
    Name(name: "data.2024", logical: "data.2024", age: .live),
    Name(name: "log-20261399", logical: "log-20261399", age: .live),
    Name(name: ".1", logical: ".1", age: .live),
    Name(name: ".gz", logical: ".gz", age: .live),
  ]

  @Test("names say to which log a part belongs and how old it is", arguments: rotations)
  func rotationName(_ example: Name) {
    let rotation = RotationName(example.name.utf8)
    #expect(String(decoding: rotation.logicalName, as: UTF8.self) == example.logical)
    #expect(rotation.age == example.age)
  }

  @Test("what root alone may read is told to others")
  func permission() throws {
    try folder.write("a.log", "x\n")
    unsafe chmod(folder["a.log"], 0)
    guard getuid() != 0 else {
      print("left out: root may read everything")
      return
    }
    for file in plan("a.log").files {
      #expect(throws: IngestError(path: folder["a.log"], action: .open, problem: .permissionDenied))
      {
        _ = try FileReader(file, framing: nil).counts
      }
    }
  }
}
