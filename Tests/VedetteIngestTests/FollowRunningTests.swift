import Foundation
import Testing
import VedetteEvent

@testable import VedetteIngest

@Suite("Following in a running program")
struct FollowRunningTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Waits and polls until enough lines came, or a good while passed.
  private func pollUntil(_ following: Following, count: Int) {
    for _ in 0..<200 where following.lines.count < count {
      _ = following.follower.wait(milliseconds: 50)
      following.poll()
    }
  }

  @Test("changes are heard of without looking in intervals")
  func changeReports() throws {
    let following = try Following([folder["d/*.log"]], usesChangeReports: true) {
      $0.listMilliseconds = .max
    }
    following.poll()
    try folder.makeFolder("d")
    try folder.write("d/a.log", "1\n")
    pollUntil(following, count: 1)
    try folder.append("d/a.log", "2\n")
    pollUntil(following, count: 2)
    try folder.rename("d/a.log", "d/a.log.1")
    try folder.write("d/a.log", "3\n")
    pollUntil(following, count: 3)
    #expect(following.lines == ["1", "2", "3"])
    #expect(following.follower.wait(milliseconds: 0) == .timedOut)
  }

  @Test("a follower with nothing to do waits as long as it is told")
  func quiet() throws {
    try folder.write("a.log", "1\n")
    let following = try Following([folder["a.log"]], usesChangeReports: true)
    following.poll()
    following.poll()
    let start = ContinuousClock.now
    #expect(following.follower.wait(milliseconds: 60) == .timedOut)
    #expect(ContinuousClock.now - start >= .milliseconds(55))
  }

  @Test("the waker ends a wait from another thread, and the next one if none is going on")
  func waker() throws {
    let following = try Following([folder["a.log"]], usesChangeReports: true)
    following.poll()
    following.poll()
    following.waker.wake()
    #expect(following.follower.wait(milliseconds: 10_000) == .woken)
    let waker = following.waker
    let thread = Thread {
      usleep(20_000)
      waker.wake()
    }
    thread.start()
    #expect(following.follower.wait(milliseconds: 10_000) == .woken)
    #expect(following.follower.wait(milliseconds: 0) == .timedOut)
  }

  @Test("a caller that takes no more gets the rest later, none lost, none twice")
  func case31_backPressure() throws {
    let following = try Following([folder.path])
    let lines = (0..<50_000).map { "line \($0)" }
    try folder.write("a.log", lines.joined(separator: "\n") + "\n")
    try folder.write("b.log", "b\n")
    following.poll(chunks: 1)
    following.poll(chunks: 2)
    #expect(following.lines.count == 3 * Limits.batchRowsMax)
    // While the caller is busy the file is rotated and cut short.
    try folder.rename("a.log", "a.log.1")
    try folder.write("a.log", "new\n")
    following.restart()
    following.pollLater()
    let fromA = following.records.filter { $0.source == folder["a.log"] }.map(\.record.text)
    #expect(fromA == lines + ["new"])
    #expect(following.lines.count == lines.count + 2)
  }

  @Test("case 30: one busy file does not keep the quiet ones waiting")
  func case30_fairness() throws {
    try folder.write("a.log", String(repeating: "busy\n", count: 1_000_000))
    try folder.write("b.log", "quiet\n")
    let following = try Following([folder.path])
    following.now += 10
    let hasMore = following.follower.poll(now: following.now) { chunk in
      following.records += chunk.chunk.framed.map { (chunk.chunk.source.name, "", $0) }
      return true
    }
    #expect(hasMore)
    #expect(following.lines.last == "quiet")
    #expect(following.lines.count < 300_000)
  }

  @Test("case 32: more files than may be open at once")
  func case32_openFileLimit() throws {
    for index in 0..<60 { try folder.write("\(index).log", "1\n") }
    let following = try Following([folder.path]) { $0.openFilesMax = 8 }
    #expect(following.poll().count == 60)
    for index in 0..<60 { try folder.append("\(index).log", "2\n") }
    #expect(following.poll().count == 60)
    try folder.rename("7.log", "7.log.1")
    try folder.write("7.log", "3\n")
    #expect(following.poll() == ["3"])
    #expect(following.events.isEmpty)
  }

  @Test("case 28: a named pipe is followed from writer to writer")
  func case28_namedPipe() throws {
    try #require(unsafe mkfifo(folder["pipe"], 0o600) == 0)
    let following = try Following([folder["pipe"]], usesChangeReports: true)
    #expect(following.poll().isEmpty)
    var first: Writer? = try Writer(folder["pipe"])
    first?.write("one\ntw")
    #expect(following.poll() == ["one"])
    first?.write("o\nrest")
    #expect(following.poll() == ["two"])
    first = nil
    #expect(following.poll() == ["rest"])
    var second: Writer? = try Writer(folder["pipe"])
    second?.write("three\n")
    second = nil
    #expect(following.poll() == ["three"])
    #expect(following.checkpoints.isEmpty)
    #expect(following.follower.wait(milliseconds: 0) != .woken)
  }

  @Test("a checkpoint that makes no sense is not trusted")
  func case15_hostileCheckpoint() throws {
    try folder.write("a.log", "1\n2\n")
    let following = try Following([folder["a.log"]])
    following.poll()
    let stored = following.stored
    let damages: [(inout Checkpoint) -> Void] = [
      { $0.offset = -5 }, { $0.offset = .max }, { $0.markerLength = .max },
      { $0.fingerprintLength = -1 }, { $0.line = .min }, { $0.marker ^= 1 },
      { $0.fingerprint ^= 1 }, { $0.inode = .max }, { $0.markerLength = 2_000 },
    ]
    for damage in damages {
      following.stored = stored
      following.change(damage)
      following.restart()
      #expect(following.poll().count <= 2)
      try folder.append("a.log", "3\n")
      #expect(following.poll() == ["3"])
      try folder.write("a.log", "1\n2\n")
      following.restart()
      following.poll()
    }
  }
}
