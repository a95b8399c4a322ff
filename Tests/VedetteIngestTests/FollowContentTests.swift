import Foundation
import Testing
import VedetteEvent

@testable import VedetteIngest

/// What followed files hold: records of several lines, encodings, line ends, archives.
@Suite("Following what files hold")
struct FollowContentTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func audit(_ type: String) -> String {
    "type=\(type) msg=audit(1767225600.123:4711): pid=1"
  }

  @Test("case 16: a record of several lines waits for its last one, also over restarts")
  func case16_severalLinesOverRestart() throws {
    let lines = ["SYSCALL", "PATH", "PROCTITLE"].map(Self.audit)
    let following = try Following([folder["a.log"]])
    try folder.write("a.log", "first\n" + lines[0] + "\n")
    #expect(following.poll() == ["first"])
    following.restart()
    #expect(following.poll().isEmpty)
    try folder.append("a.log", lines[1] + "\n")
    #expect(following.poll().isEmpty)
    following.restart()
    try folder.append("a.log", lines[2] + "\nlast\n")
    #expect(following.poll() == [lines.joined(separator: "\n"), "last"])
    #expect(following.records.map(\.record.line) == [1, 2, 5])
    following.restart()
    #expect(following.poll().isEmpty)
  }

  @Test("case 16: what a rotation cuts in two comes once, a record for each file")
  func case16_severalLinesOverRotation() throws {
    let lines = ["SYSCALL", "PATH", "PROCTITLE"].map(Self.audit)
    let following = try Following([folder["a.log"]])
    try folder.write("a.log", lines[0] + "\n" + lines[1] + "\n")
    #expect(following.poll().isEmpty)
    try folder.rename("a.log", "a.log.1")
    try folder.write("a.log", lines[2] + "\nlast\n")
    following.poll()
    following.restart()
    following.pollLater()
    following.restart()
    following.pollLater()
    let expected = [lines[0] + "\n" + lines[1], lines[2], "last"]
    #expect(following.lines.sorted() == expected.sorted())
  }

  @Test("case 18: a line over the limit is cut at a character while it is followed")
  func case18_cutWhileFollowed() throws {
    let following = try Following([folder["a.log"]])
    let text = "x" + String(repeating: "€", count: Limits.recordBytesMax / 3 + 10)
    var bytes = Array(text.utf8)[...]
    try folder.write("a.log", "")
    while !bytes.isEmpty {
      let file = try FileHandle(forWritingTo: URL(filePath: folder["a.log"]))
      try file.seekToEnd()
      try file.write(contentsOf: Data(bytes.prefix(100_001)))
      bytes = bytes.dropFirst(100_001)
      following.poll()
    }
    try folder.append("a.log", "\nnext\n")
    following.poll()
    let cut = try #require(following.records.first?.record)
    #expect(cut.isCut && text.hasPrefix(cut.text) && !cut.text.contains("\u{fffd}"))
    #expect(cut.text.utf8.count > Limits.recordBytesMax - 3)
    #expect(following.lines.last == "next" && following.lines.count == 2)
  }

  @Test("case 19: a UTF-16 log that grows by odd pieces, over a restart at each", arguments: 1...3)
  func case19_utf16Grows(restartEvery: Int) throws {
    let text = "\u{feff}aé\r\n😀 two\nthree\n"
    let bytes = text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
    try folder.write("a.log", "")
    let following = try Following([folder["a.log"]])
    let file = try FileHandle(forWritingTo: URL(filePath: folder["a.log"]))
    for (index, byte) in bytes.enumerated() {
      try file.write(contentsOf: Data([byte]))
      if index % restartEvery == 0 { following.restart() }
      following.poll()
    }
    #expect(following.lines == ["aé", "😀 two", "three"])
    #expect(following.records.map(\.record.offset) == [2, 10, 24])
    #expect(following.events.isEmpty)
  }

  @Test("case 19: bytes that are no text are kept as they are")
  func case19_bytesKept() throws {
    let line: [UInt8] = [0x61, 0xff, 0xfe, 0xc3, 0x28, 0, 0x1b, 0xed, 0xa0, 0x80]
    try folder.write("a.log", line + [10] + line + [10])
    var kept: [[UInt8]] = []
    let following = try Following([folder["a.log"]])
    _ = following.follower.poll(now: 1) { chunk in
      kept += chunk.chunk.records.map { record in
        Array(chunk.chunk.bytes[record.start..<record.start + record.length])
      }
      return true
    }
    #expect(kept == [line, line])
  }

  @Test("case 20: a byte-order mark is removed once, and places count it")
  func case20_byteOrderMark() throws {
    try folder.write("a.log", [0xef, 0xbb])
    let following = try Following([folder["a.log"]])
    #expect(following.poll().isEmpty)
    try folder.append("a.log", "")
    try folder.write("a.log", "\u{feff}one\ntw")
    #expect(following.poll() == ["one"])
    following.restart()
    try folder.append("a.log", "o\n\u{feff}three\n")
    #expect(following.poll() == ["two", "\u{feff}three"])
    #expect(following.records.map(\.record.offset) == [3, 7, 11])
  }

  @Test("case 21: CR and LF in different reads, empty lines, and restarts between them")
  func case21_lineEnds() throws {
    try folder.write("a.log", "one\r")
    let following = try Following([folder["a.log"]])
    #expect(following.poll().isEmpty)
    following.restart()
    try folder.append("a.log", "\n\r\n\ntwo\r")
    #expect(following.poll() == ["one"])
    try folder.append("a.log", "\nthr\ree\r\n")
    following.restart()
    #expect(following.poll() == ["two", "thr\ree"])
    #expect(following.records.map(\.record.line) == [1, 4, 5])
    #expect(following.records.map(\.record.offset) == [0, 8, 13])
  }

  @Test("case 21: a line end that lies at the edge of what is read at once", arguments: -2...2)
  func case21_bufferEdge(shift: Int) throws {
    let first = String(repeating: "x", count: ContentReader.pieceBytes - 1 + shift)
    try folder.write("a.log", first + "\r\nnext\r\n")
    let following = try Following([folder["a.log"]])
    following.poll()
    #expect(following.lines == [first, "next"])
    #expect(following.records.map(\.record.offset) == [0, Int64(first.utf8.count) + 2])
  }

  @Test("case 22: members that are appended to an archive are read when they come")
  func case22_membersAppended() throws {
    try folder.makeFolder("d")
    let first = Gzip.member("1\n2\n")
    try folder.write("d/a.log.gz", first)
    let following = try Following([folder["d"]])
    #expect(following.poll() == ["1", "2"])
    following.pollLater()
    try folder.write("d/a.log.gz", first + Gzip.member("3\n") + Gzip.member("4\n"))
    #expect(following.poll() == ["3", "4"])
    following.pollLater()
    following.restart()
    following.pollLater()
    #expect(following.lines == ["1", "2", "3", "4"])
    #expect(following.events.isEmpty)
  }

  @Test("case 23: reading goes on inside an archive after a restart")
  func case23_resumedInside() throws {
    try folder.makeFolder("d")
    let lines = (0..<40_000).map { "line \($0)" }
    try folder.write("d/a.log.1.gz", Gzip.member(lines.joined(separator: "\n") + "\n"))
    try folder.write("d/a.log", "new\n")
    let following = try Following([folder["d"]])
    for _ in 0..<3 {
      following.poll(chunks: 1)
      following.restart()
    }
    #expect(following.lines.count < lines.count)
    following.pollLater()
    #expect(following.lines == lines + ["new"])
    following.restart()
    #expect(following.poll().isEmpty)
  }

  @Test("case 24: a bomb is not unpacked to its end, told once, and harms no other file")
  func case24_bombFollowed() throws {
    try folder.makeFolder("d")
    let zeros = String(repeating: "0", count: 64 << 20)
    try folder.write("d/bomb.log", zeros)
    try folder.gzip("d/bomb.log")
    guard folder.inode("d/bomb.log.gz") != 0 else {
      print("left out: there is no gzip here")
      return
    }
    try folder.write("d/good.log", "1\n")
    let following = try Following([folder["d"]])
    following.pollLater()
    #expect(following.lines.filter { $0 == "1" } == ["1"])
    #expect(following.eventKinds == [.unreadable(.inflationRatioExceeded)])
    #expect(following.follower.counts.bytes < 8 << 20)
  }
}
