import Testing
import VedetteEvent

@testable import VedetteIngest

/// What a followed file ends with before its line has ended.
@Suite("Open records of followed files")
struct OpenRecordTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func following(lineTimeout: Int64? = nil) throws -> Following {
    try Following([folder["a.log"]]) { options in
      options.openLineMilliseconds = { _ in lineTimeout }
    }
  }

  @Test(
    "case 13: a line without its end waits however long, and comes once",
    arguments: [false, true]
  )
  func case13_textWaits(isRestarted: Bool) throws {
    try folder.write("a.log", "one\nhalf")
    let following = try following()
    #expect(following.poll() == ["one"])
    #expect(following.pollLater() == [])
    if isRestarted { following.restart() }
    try folder.append("a.log", " done\nnext\n")
    #expect(following.poll() == ["half done", "next"])
  }

  @Test("case 13: a line without its end is given after a time-out where the source says so")
  func case13_timeOut() throws {
    try folder.write("a.log", "one\nhalf")
    let following = try following(lineTimeout: 20_000)
    #expect(following.poll() == ["one"])
    following.now += 9_000
    #expect(following.poll() == [])
    following.now += 12_000
    #expect(following.poll() == ["half"])
    following.restart()
    #expect(following.pollLater() == [])
    try folder.append("a.log", " done\nnext\n")
    #expect(following.poll() == [" done", "next"])
    #expect(following.records.map(\.record.line) == [1, 2, 2, 3])
    #expect(following.records.map(\.record.offset) == [0, 4, 8, 14])
  }

  @Test("case 13: the time-out also takes the first line of a file, of which nothing is known")
  func case13_timeOutOfFirstLine() throws {
    try folder.write("a.log", "{\"half\": ")
    let following = try following(lineTimeout: 20_000)
    #expect(following.poll() == [])
    following.now += 21_000
    #expect(following.poll() == ["{\"half\": "])
  }

  @Test(
    "case 13: a whole JSON object needs no line end, which counts as no empty line",
    arguments: [
      "{\"a\": {\"b\": \"}\"}}", "{\"count\":1,\"value\":[{\"a\":1}]}", "{}", "{\"a\":1} ",
    ]
  )
  func case13_wholeObject(text: String) throws {
    try folder.write("a.log", text)
    let following = try following()
    #expect(following.poll() == [text])
    #expect(following.pollLater() == [])
    try folder.append("a.log", "\n")
    #expect(following.poll() == [])
    try folder.append("a.log", "{\"c\":3}\n\n{\"d\":4}")
    #expect(following.poll() == ["{\"c\":3}", "{\"d\":4}"])
    #expect(following.records.map(\.record.line) == [1, 2, 4])
    #expect(following.follower.counts.emptyLines == 1)
  }

  @Test("case 13: what was given without its line end comes once over restarts")
  func case13_wholeObjectOverRestart() throws {
    try folder.write("a.log", "{\"a\":1}\n{\"b\":2}")
    let following = try following()
    #expect(following.poll() == ["{\"a\":1}", "{\"b\":2}"])
    following.restart()
    #expect(following.pollLater() == [])
    try folder.append("a.log", "\r\n{\"c\":3}")
    #expect(following.poll() == ["{\"c\":3}"])
    following.restart()
    try folder.append("a.log", "{\"d\":4}\n")
    #expect(following.poll() == ["{\"d\":4}"])
    #expect(following.records.map(\.record.line) == [1, 2, 3, 3])
  }

  @Test("case 13: an object that is not whole waits, also behind whole ones")
  func case13_partObject() throws {
    try folder.write("a.log", "{\"a\":\"}")
    let following = try following()
    #expect(following.pollLater() == [])
    try folder.append("a.log", "{\"}")
    #expect(following.pollLater() == ["{\"a\":\"}{\"}"])
    try folder.append("a.log", "\n{\"b\":{}")
    #expect(following.pollLater() == [])
    try folder.append("a.log", "}\n")
    #expect(following.poll() == ["{\"b\":{}}"])
  }

  @Test(
    "case 13, 19: a whole object in UTF-16, with half a character behind it",
    arguments: [0, 1]
  )
  func case13_wideObject(extra: Int) throws {
    var bytes: [UInt8] = [0xff, 0xfe]
    for unit in "{\"a\":1}\n{\"b\":2}".utf16 { bytes += [UInt8(unit & 0xff), UInt8(unit >> 8)] }
    try folder.write("a.log", bytes + [0x0a].prefix(extra))
    let following = try following()
    #expect(following.poll() == ["{\"a\":1}", "{\"b\":2}"])
    following.restart()
    #expect(following.pollLater() == [])
    try folder.append("a.log", bytes: [0x0a, 0x00].dropFirst(extra) + [0x63, 0x00, 0x0a, 0x00])
    #expect(following.poll() == ["c"])
  }

  @Test("case 16: lines of one record are given once nothing came for a while")
  func case16_quietGroup() throws {
    let head = "msg=audit(1767225600.123:4711):"
    try folder.write("a.log", "type=SYSCALL \(head) a\ntype=PATH \(head) b\n")
    let following = try following()
    #expect(following.poll() == [])
    #expect(following.pollLater() == ["type=SYSCALL \(head) a\ntype=PATH \(head) b"])
    following.restart()
    try folder.append("a.log", "type=SYSCALL msg=audit(1767225601.123:4712): c\ntype=PA")
    #expect(following.pollLater() == [])
    try folder.append("a.log", "TH msg=audit(1767225601.123:4712): d\n")
    #expect(following.pollLater().count == 1)
  }
}
