import Foundation
import Testing
import VedetteEvent

@testable import VedetteIngest

@Suite("Following the right file")
struct FollowIdentityTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("case 6: cut short and grown past the old place between two polls, while running")
  func case06_truncateAndRegrow() throws {
    try folder.write("a.log", "1\n2\n")
    let following = try Following([folder["a.log"]])
    following.poll()
    try folder.truncate("a.log")
    try folder.append("a.log", "3\n4\n5\n")
    #expect(following.poll() == ["3", "4", "5"])
    #expect(following.eventKinds == [.overwritten(bytesBefore: 4)])
    try folder.append("a.log", "6\n")
    #expect(following.poll() == ["6"])
  }

  @Test("case 6: grown past the old place far behind the first kibibyte, with the same beginning")
  func case06_regrowBehindFingerprint() throws {
    let heading = String(repeating: "# the same heading\n", count: 100)
    let body = { (word: String) in (0..<500).map { "\(word) \($0)\n" }.joined() }
    try folder.write("a.log", heading + body("old"))
    let following = try Following([folder["a.log"]])
    following.poll()
    try folder.truncate("a.log")
    try folder.append("a.log", heading + body("newer"))
    #expect(following.poll().last == "newer 499")
    #expect(following.lines.count == 1_200)
    #expect(following.events.count == 1)
  }

  @Test("a torn line is given as cut when the file is cut short under it")
  func tornByTruncation() throws {
    try folder.write("a.log", "1\ntorn")
    let following = try Following([folder["a.log"]])
    following.poll()
    try folder.truncate("a.log")
    try folder.append("a.log", "2\n")
    #expect(following.poll() == ["torn", "2"])
    #expect(following.records.map(\.record.isCut) == [false, true, false])
    #expect(following.eventKinds == [.truncated(bytesBefore: 2)])
  }

  @Test("case 7: an inode that is given to another file is not taken for the old one")
  func case07_inodeReused() throws {
    try folder.write("a.log", "first 1\nfirst 2\n")
    let following = try Following([folder["a.log"]])
    following.poll()
    try folder.remove("a.log")
    try folder.write("a.log", "second 1\nsecond 2\nsecond 3\n")
    // File systems give out inodes as they like; the stored one is made to match.
    following.change {
      $0.inode = folder.inode("a.log")
    }
    following.restart()
    #expect(following.poll() == ["second 1", "second 2", "second 3"])
  }

  @Test("case 8: files that begin alike are told apart")
  func case08_equalHeaders() throws {
    let heading = String(repeating: "# heading\n", count: 200)
    try folder.makeFolder("d")
    try folder.write("d/a.log", heading + "a1\n")
    try folder.write("d/b.log", heading)
    let following = try Following([folder["d"]])
    following.poll()
    try folder.append("d/b.log", "b1\n")
    try folder.rename("d/a.log", "d/a.log.1")
    try folder.write("d/a.log", heading + "a2\n")
    following.poll()
    following.restart()
    following.pollLater()
    let marks = following.lines.filter { !$0.hasPrefix("#") }
    #expect(marks.sorted() == ["a1", "a2", "b1"])
    #expect(following.lines.count == 603)
    #expect(following.events.isEmpty)
  }

  @Test("case 9: a file shorter than its fingerprint is read at once, and known as it grows")
  func case09_shortFile() throws {
    try folder.write("a.log", "1\n")
    let following = try Following([folder["a.log"]])
    #expect(following.poll() == ["1"])
    #expect(following.checkpoints.map(\.fingerprintLength) == [2])
    for number in 2..<400 {
      try folder.append("a.log", "\(number)\n")
      if number % 50 == 0 { following.restart() }
      following.poll()
    }
    #expect(following.lines == (1..<400).map(String.init))
    #expect(following.checkpoints.map(\.fingerprintLength) == [1_024])
    try folder.rename("a.log", "a.log.1")
    try folder.write("a.log", "400\n")
    following.restart()
    following.poll()
    #expect(following.lines == (1...400).map(String.init))
  }

  @Test("case 11: a link that is turned to another file is followed there, after the old one")
  func case11_linkSwapped() throws {
    try folder.makeFolder("t")
    try folder.write("t/one", "1\n")
    try folder.write("t/two", "3\n")
    try folder.link("a.log", to: "t/one")
    let following = try Following([folder["a.log"]])
    #expect(following.poll() == ["1"])
    try folder.append("t/one", "2\n")
    try folder.remove("a.log")
    try folder.link("a.log", to: "t/two")
    #expect(following.poll() == ["2", "3"])
    try folder.append("t/two", "4\n")
    #expect(following.poll() == ["4"])
    try folder.remove("a.log")
    following.pollLater()
    #expect(following.lines == ["1", "2", "3", "4"])
  }

  @Test("case 11: a link and its target give each line once, also after the link is turned")
  func case11_linkAndTarget() throws {
    try folder.write("b.log", "1\n")
    try folder.write("c.log", "2\n")
    try folder.link("a.log", to: "b.log")
    let following = try Following([folder["*.log"]])
    #expect(following.poll() == ["1", "2"])
    try folder.remove("a.log")
    try folder.link("a.log", to: "c.log")
    try folder.append("b.log", "3\n")
    try folder.append("c.log", "4\n")
    #expect(following.poll() == ["3", "4"])
  }

  @Test("case 12: hard links and overlapping patterns give each line once")
  func case12_hardLinkAndPatterns() throws {
    try folder.write("a.log", "1\n")
    try folder.hardLink("b.log", to: "a.log")
    let following = try Following([folder["a.log"], folder["*.log"], folder["b.log"], folder.path])
    #expect(following.poll() == ["1"])
    try folder.append("b.log", "2\n")
    #expect(following.poll() == ["2"])
    following.restart()
    #expect(following.poll().isEmpty)
  }

  @Test("case 13: a line without its end waits, also over a restart, and comes once and whole")
  func case13_partialLine() throws {
    try folder.write("a.log", "one\ntw")
    let following = try Following([folder["a.log"]])
    #expect(following.poll() == ["one"])
    following.restart()
    #expect(following.pollLater().isEmpty)
    try folder.append("a.log", "o\nthr")
    following.restart()
    #expect(following.poll() == ["two"])
    try folder.append("a.log", "ee\n")
    #expect(following.poll() == ["three"])
    #expect(following.records.map(\.record.line) == [1, 2, 3])
    #expect(following.records.map(\.record.offset) == [0, 4, 8])
  }

  @Test("case 17: a line that grows past the limit over many polls is given once, when it ends")
  func case17_longLine() throws {
    let following = try Following([folder["a.log"]])
    try folder.write("a.log", "1\n")
    let part = String(repeating: "x", count: 400_000)
    for _ in 0..<5 {
      try folder.append("a.log", part)
      following.poll()
    }
    following.restart()
    #expect(following.poll().isEmpty)
    try folder.append("a.log", "\n2\n")
    following.poll()
    #expect(following.records.map(\.record.isCut) == [false, true, false])
    #expect(following.lines.map(\.utf8.count) == [1, Limits.recordBytesMax, 1])
  }

  @Test("case 27: a folder that is made later, with a file in it at once")
  func case27_laterFolder() throws {
    let following = try Following([folder["x/y"], folder["z/a.log"]])
    #expect(following.poll().isEmpty)
    #expect(following.eventKinds == [.unreadable(.notFound), .unreadable(.notFound)])
    try folder.makeFolder("x/y")
    try folder.write("x/y/a.log", "1\n")
    #expect(following.poll() == ["1"])
    try folder.makeFolder("z")
    try folder.write("z/a.log", "2\n")
    #expect(following.poll() == ["2"])
    #expect(following.eventKinds.suffix(2) == [.readable, .readable])
  }

  @Test("case 27: permission lost and given back")
  func case27_permissionLost() throws {
    guard getuid() != 0 else {
      print("left out: root may read everything")
      return
    }
    try folder.write("a.log", "1\n")
    unsafe chmod(folder["a.log"], 0)
    let following = try Following([folder["a.log"]])
    #expect(following.poll().isEmpty)
    #expect(following.eventKinds == [.unreadable(.permissionDenied)])
    unsafe chmod(folder["a.log"], 0o600)
    #expect(following.poll() == ["1"])
    #expect(following.eventKinds.last == .readable)
  }

  @Test("case 28: what is no file of records is refused and told once")
  func case28_wrongKinds() throws {
    try folder.write("a.log", "1\n")
    let following = try Following(["/dev/null", "/proc/self/status", folder["a.log"]])
    #expect(following.poll() == ["1"])
    following.poll()
    #expect(
      following.eventKinds == [
        .unreadable(.wrongKind("device")), .unreadable(.wrongKind("file of the kernel")),
      ]
    )
  }

  @Test("case 33: room set aside with NULs is waited at, and the record behind it is whole")
  func case33_preallocated() throws {
    try folder.write("a.log", Array("1\n".utf8) + [UInt8](repeating: 0, count: 5_000))
    let following = try Following([folder["a.log"]])
    #expect(following.poll() == ["1"])
    let file = try FileHandle(forWritingTo: URL(filePath: folder["a.log"]))
    try file.seek(toOffset: 2)
    try file.write(contentsOf: Data("2\n".utf8))
    #expect(following.poll() == ["2"])
    following.restart()
    try file.write(contentsOf: Data("3\n".utf8))
    #expect(following.poll() == ["3"])
    #expect(following.records.map(\.record.offset) == [0, 2, 4])
    #expect(following.events.isEmpty)
  }

  @Test(
    "case 34: odd names are followed",
    arguments: [" a b.log", "new\nline.log", "-x.log", "é.log"]
  )
  func case34_oddNames(name: String) throws {
    try folder.write(name, "1\n")
    let following = try Following([folder.path])
    #expect(following.poll() == ["1"])
    try folder.rename(name, name + ".1")
    try folder.write(name, "2\n")
    #expect(following.poll() == ["2"])
    #expect(Set(following.records.map(\.source)) == [folder[name]])
  }

  @Test("case 35: a file written over in place, with the same size, is told as such")
  func case35_overwrittenInPlace() throws {
    try folder.write("a.log", "evil 1\nevil 2\n")
    let following = try Following([folder["a.log"]])
    following.poll()
    try folder.write("b.log", "good 1\ngood 2\n")
    let file = try FileHandle(forWritingTo: URL(filePath: folder["a.log"]))
    try file.write(contentsOf: Data("good 1\ngood 2\n".utf8))
    #expect(following.poll() == ["good 1", "good 2"])
    #expect(following.eventKinds == [.overwritten(bytesBefore: 14)])
  }

  @Test("a file renamed from one log to another is not read again")
  func renamedAway() throws {
    try folder.write("a.log", "1\n")
    let following = try Following([folder.path])
    following.poll()
    try folder.rename("a.log", "other.log")
    try folder.append("other.log", "2\n")
    #expect(following.poll() == ["2"])
    #expect(following.records.last?.source == folder["other.log"])
    following.restart()
    following.pollLater()
    #expect(following.lines == ["1", "2"])
  }

  @Test("a document is followed by its elements, also over a restart in the middle of it")
  func document() throws {
    try folder.write("a.json", "{\"Records\":[\n{\"n\":1},\n{\"n\":")
    let following = try Following([folder["a.json"]])
    #expect(following.poll() == ["{\"n\":1}"])
    following.restart()
    #expect(following.poll().isEmpty)
    try folder.append("a.json", "2},\n{\"n\":3}]}\n")
    #expect(following.poll() == ["{\"n\":2}", "{\"n\":3}"])
    #expect(following.records.map(\.record.line) == [2, 3, 4])
  }
}
