import Foundation
import Testing
import VedetteEvent

@testable import VedetteIngest

@Suite("Following through rotations")
struct FollowRotationTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("what is appended comes once, with its place")
  func append() throws {
    try folder.write("a.log", "one\n")
    let following = try Following([folder["a.log"]])
    #expect(following.poll() == ["one"])
    #expect(following.poll().isEmpty)
    try folder.append("a.log", "two\n\nthree\n")
    #expect(following.poll() == ["two", "three"])
    #expect(following.records.map(\.record.line) == [1, 2, 4])
    #expect(following.records.map(\.record.offset) == [0, 4, 9])
    #expect(following.events.isEmpty)
    #expect(following.follower.counts.records == 3)
    #expect(following.follower.statuses.map(\.lagBytes) == [0])
  }

  @Test("case 1: rename and create, while the writer keeps the old file for a while")
  func case01_renameAndCreate() throws {
    let writer = try Writer(folder["a.log"])
    let following = try Following([folder["a.log"]])
    writer.write("1\n2\n")
    #expect(following.poll() == ["1", "2"])
    writer.write("3\n")
    try folder.rename("a.log", "a.log.1")
    try folder.write("a.log", "")
    #expect(following.poll() == ["3"])
    writer.write("4\n")
    #expect(following.poll() == ["4"])
    try folder.append("a.log", "5\n")
    #expect(following.poll() == ["5"])
    writer.write("6\nrest")
    try folder.append("a.log", "7\n")
    #expect(following.poll() == ["6", "7"])
    #expect(following.pollLater() == ["rest"])
    #expect(following.lines == ["1", "2", "3", "4", "5", "6", "7", "rest"])
    #expect(following.events.isEmpty)
    #expect(Set(following.records.map(\.source)) == [folder["a.log"]])
    #expect(following.records.last?.path == folder["a.log.1"])
  }

  @Test("case 2: several rotations between two polls, several files at once")
  func case02_severalRotations() throws {
    let following = try Following([folder["*.log"]])
    for name in ["a", "b"] { try folder.write("\(name).log", "\(name)1\n") }
    following.poll()
    for name in ["a", "b"] {
      try folder.append("\(name).log", "\(name)2\n")
      try folder.rename("\(name).log", "\(name).log.1")
      try folder.write("\(name).log", "\(name)3\n\(name)4\n")
      try folder.rename("\(name).log.1", "\(name).log.2")
      try folder.rename("\(name).log", "\(name).log.1")
      try folder.write("\(name).log", "\(name)5\n")
    }
    following.poll()
    following.pollLater()
    for name in ["a", "b"] {
      let lines = following.records.filter { $0.source == folder["\(name).log"] }
      #expect(lines.map(\.record.text) == (1...5).map { "\(name)\($0)" })
    }
    #expect(following.events.isEmpty)
  }

  @Test("case 2: rotations that also compress")
  func case02_rotationsThatCompress() throws {
    let following = try Following([folder["a.log"]])
    try folder.write("a.log", "1\n")
    following.poll()
    try folder.append("a.log", "2\n")
    try folder.write("a.log.2.gz", Gzip.member("1\n2\n"))
    try folder.remove("a.log")
    try folder.write("a.log.1", "3\n")
    try folder.write("a.log", "4\n")
    following.poll()
    following.pollLater()
    #expect(following.lines == ["1", "2", "3", "4"])
    #expect(following.events.isEmpty)
  }

  @Test("case 3: rotation while stopped gives the old tail and then the new file")
  func case03_rotationWhileStopped() throws {
    try folder.write("a.log.2", "ancient\n")
    try folder.write("a.log.1", "old\n")
    try folder.write("a.log", "1\n")
    let following = try Following([folder["a.log"]])
    #expect(following.poll() == ["1"])
    try folder.append("a.log", "2\n")
    try folder.rename("a.log.2", "a.log.3")
    try folder.rename("a.log.1", "a.log.2")
    try folder.rename("a.log", "a.log.1")
    try folder.write("a.log", "3\n")
    following.restart()
    #expect(following.poll() == ["2", "3"])
    following.pollLater()
    #expect(following.lines == ["1", "2", "3"])
    #expect(following.events.isEmpty)
  }

  @Test("case 3: two rotations while stopped, the older part compressed")
  func case03_compressedWhileStopped() throws {
    try folder.write("a.log", "1\n")
    let following = try Following([folder["a.log"]])
    following.poll()
    try folder.remove("a.log")
    try folder.write("a.log.2.gz", Gzip.member("1\n2\n"))
    try folder.write("a.log.1", "3\n")
    try folder.write("a.log", "4\n")
    following.restart()
    #expect(following.poll() == ["2", "3", "4"])
    following.restart()
    #expect(following.poll().isEmpty)
  }

  @Test("case 4: copytruncate with an appending writer")
  func case04_copyTruncate() throws {
    let writer = try Writer(folder["a.log"])
    let following = try Following([folder["a.log"]])
    writer.write("1\n2\n")
    following.poll()
    writer.write("3\n")
    try folder.copy("a.log", "a.log.1")
    try folder.truncate("a.log")
    writer.write("4\n")
    #expect(following.poll() == ["3", "4"])
    following.pollLater()
    #expect(following.lines == ["1", "2", "3", "4"])
    #expect(following.events.isEmpty)
  }

  @Test("case 4: copytruncate with a stale writer leaves a hole and no line of NULs")
  func case04_staleWriter() throws {
    let writer = try Writer(folder["a.log"], appends: false)
    let following = try Following([folder["a.log"]])
    writer.write("1\n2\n")
    following.poll()
    writer.write("3\n")
    try folder.copy("a.log", "a.log.1")
    try folder.truncate("a.log")
    writer.write("4\n")
    #expect(following.poll() == ["3", "4"])
    writer.write("5\n")
    #expect(following.poll() == ["5"])
    #expect(following.follower.counts.nulBytes == 6)
    #expect(following.records.map(\.record.offset).suffix(2) == [6, 8])
    #expect(following.events.isEmpty)
  }

  @Test("case 4: the copy is there some polls before the file is cut short")
  func case04_slowCopy() throws {
    let writer = try Writer(folder["a.log"])
    let following = try Following([folder["a.log"]])
    let first = (0..<300).map { "line \($0)\n" }.joined()
    writer.write(first)
    following.poll()
    try folder.write("a.log.1", "")
    #expect(following.poll().isEmpty)
    try folder.write("a.log.1", Array(first.utf8.prefix(1_500)))
    #expect(following.poll().isEmpty)
    try folder.copy("a.log", "a.log.1")
    #expect(following.poll().isEmpty)
    // These lines come after the copy was made, and are read before the file is cut short.
    writer.write("between\n")
    #expect(following.poll() == ["between"])
    try folder.truncate("a.log")
    writer.write("new\n")
    #expect(following.poll() == ["new"])
    following.pollLater()
    following.restart()
    #expect(following.poll().isEmpty)
    #expect(following.lines.count == 302)
    #expect(following.events.isEmpty)
  }

  @Test("case 5: copytruncate while stopped is seen by the bytes before the place")
  func case05_copyTruncateWhileStopped() throws {
    try folder.write("a.log", "1 first\n2 second\n")
    let following = try Following([folder["a.log"]])
    following.poll()
    try folder.append("a.log", "3 third\n")
    try folder.copy("a.log", "a.log.1")
    try folder.truncate("a.log")
    try folder.append("a.log", "4 a new line that is longer than what was read before\n")
    following.restart()
    #expect(
      following.poll() == ["3 third", "4 a new line that is longer than what was read before"]
    )
    #expect(following.events.isEmpty)
    following.restart()
    #expect(following.poll().isEmpty)
  }

  @Test("case 10: deleted while open is read to its end, then the new one")
  func case10_deletedAndCreated() throws {
    let writer = try Writer(folder["a.log"])
    let following = try Following([folder["a.log"]])
    writer.write("1\n")
    following.poll()
    writer.write("2\n")
    try folder.remove("a.log")
    #expect(following.poll() == ["2"])
    writer.write("3\nrest")
    try folder.write("a.log", "1\nnew\n")
    #expect(following.poll() == ["3", "1", "new"])
    #expect(following.pollLater() == ["rest"])
    #expect(following.eventKinds == [.unreadable(.notFound), .readable])
  }

  @Test("case 10: a file that is gone for good is told")
  func case10_goneForGood() throws {
    try folder.write("a.log", "1\n")
    let following = try Following([folder["*.log"]])
    following.poll()
    try folder.remove("a.log")
    following.pollLater()
    following.now += following.options.forgetMilliseconds
    following.poll()
    #expect(following.eventKinds.contains(.gone))
    #expect(following.checkpoints.isEmpty)
  }

  @Test("case 23: a finished part that is compressed is not read again")
  func case23_laterCompressed() throws {
    let following = try Following([folder["a.log"]])
    try folder.write("a.log", "1\n")
    following.poll()
    try folder.rename("a.log", "a.log.1")
    try folder.write("a.log", "2\n")
    following.pollLater()
    try folder.rename("a.log.1", "a.log.2")
    try folder.rename("a.log", "a.log.1")
    try folder.write("a.log", "3\n")
    following.pollLater()
    // Both the plain file and its compressed copy are there for a moment.
    try folder.write("a.log.2.gz", Gzip.member("1\n"))
    following.pollLater()
    try folder.remove("a.log.2")
    following.pollLater()
    following.restart()
    following.pollLater()
    #expect(following.lines == ["1", "2", "3"])
    #expect(following.events.isEmpty)
  }

  @Test("case 23: a compressed file that is still being written is read on when it is whole")
  func case23_growingArchive() throws {
    try folder.makeFolder("d")
    let whole = Gzip.member((0..<20_000).map { "line \($0)\n" }.joined())
    try folder.write("d/a.log.gz", Array(whole.prefix(whole.count / 2)))
    let following = try Following([folder["d"]])
    following.poll()
    let half = following.lines.count
    #expect(half > 5_000)
    #expect(following.eventKinds == [.unreadable(.truncated)])
    try folder.write("d/a.log.gz", whole)
    following.poll()
    #expect(following.lines == (0..<20_000).map { "line \($0)" })
    #expect(following.eventKinds.last == .readable)
  }

  @Test("rotated parts that a folder holds are read oldest first, those beside a file are not")
  func firstStart() throws {
    try folder.makeFolder("d")
    try folder.write("d/a.log.2.gz", Gzip.member("1\n"))
    try folder.write("d/a.log.1", "2\n")
    try folder.write("d/a.log", "3\n")
    #expect(try Following([folder["d"]]).poll() == ["1", "2", "3"])
    #expect(try Following([folder["d/a.log"]]).poll() == ["3"])
    let fromEnd = try Following([folder["d"]]) { $0.start = .end }
    #expect(fromEnd.poll().isEmpty)
    try folder.append("d/a.log", "4\n")
    try folder.write("d/b.log", "5\n")
    #expect(fromEnd.poll() == ["4", "5"])
    #expect(fromEnd.records.first?.record.line == 2)
    fromEnd.restart()
    #expect(fromEnd.poll().isEmpty)
  }
}
