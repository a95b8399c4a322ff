import Foundation
import Testing
import VedetteEvent

@testable import VedetteIngest

/// What the system around followed files does: kills, clocks, lost reports, limits, permissions.
@Suite("Following through what the system does")
struct FollowSystemTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("case 4: cut short just between the listing and the look into the file")
  func case04_copiedBetweenLooks() throws {
    try folder.write("a.log", "1\n2\n")
    let following = try Following([folder["a.log"]])
    following.poll()
    var isDone = false
    let folder = self.folder
    // The names were listed before the copy was there; the file is looked into after it was cut.
    following.follower.listed = {
      guard !isDone else { return }
      isDone = true
      try? folder.append("a.log", "3\n")
      try? folder.copy("a.log", "a.log.1")
      try? folder.truncate("a.log")
      try? folder.append("a.log", "4\n")
    }
    #expect(following.poll() == ["3", "4"])
    #expect(isDone)
    following.follower.listed = nil
    following.pollLater()
    following.restart()
    following.pollLater()
    #expect(following.lines == ["1", "2", "3", "4"])
    #expect(following.events.isEmpty)
  }

  @Test("case 5: copytruncate while stopped, with a writer that keeps its old offset")
  func case05_staleWriterWhileStopped() throws {
    let writer = try Writer(folder["a.log"], appends: false)
    writer.write("1 first\n2 second\n")
    let following = try Following([folder["a.log"]])
    following.poll()
    writer.write("3 third\n")
    try folder.copy("a.log", "a.log.1")
    try folder.truncate("a.log")
    writer.write("4 fourth\n")
    following.restart()
    #expect(following.poll() == ["3 third", "4 fourth"])
    writer.write("5 fifth\n")
    following.restart()
    #expect(following.poll() == ["5 fifth"])
    #expect(following.events.isEmpty)
  }

  @Test("case 7: an inode used again for a file that begins like the old one, while running")
  func case07_inodeReusedWithEqualHead() throws {
    let heading = String(repeating: "# heading\n", count: 150)
    try folder.write("a.log", heading + "old 1\nold 2\n")
    let following = try Following([folder["a.log"]])
    following.poll()
    let inode = folder.inode("a.log")
    try folder.remove("a.log")
    try folder.write("a.log", heading + "new 1\nnew 2\nnew 3\n")
    following.change { $0.inode = folder.inode("a.log") }
    #expect(inode != 0)
    following.restart()
    following.poll()
    #expect(
      following.lines.filter { !$0.hasPrefix("#") } == [
        "old 1", "old 2", "new 1", "new 2", "new 3",
      ]
    )
  }

  @Test("case 14: killed after any commit, the next goes on behind it", arguments: 0..<12)
  func case14_killedAfterAnyCommit(commit: Int) throws {
    let lines = (0..<80_000).map { "line \($0)" }
    try folder.write("a.log.1", lines[..<50_000].joined(separator: "\n") + "\n")
    try folder.write("a.log", lines[50_000...].joined(separator: "\n") + "\nrest")
    let following = try Following([folder["a.log*"]])
    if commit > 0 { following.poll(chunks: commit) }
    following.restart()
    following.pollLater()
    try folder.append("a.log", " of it\n")
    following.restart()
    following.pollLater()
    #expect(following.lines == lines + ["rest of it"])
  }

  @Test("case 25: without reports the files are looked at in intervals of the caller's clock")
  func case25_polling() throws {
    try folder.write("a.log", "1\n")
    let following = try Following([folder["*.log"]]) { $0.pollMilliseconds = 1_000 }
    func look(after milliseconds: Int64) -> [String] {
      let before = following.lines.count
      following.now += milliseconds
      _ = following.follower.poll(now: following.now) { chunk in
        following.records += chunk.chunk.framed.map { ("", "", $0) }
        return true
      }
      return Array(following.lines[before...])
    }
    #expect(look(after: 0) == ["1"])
    try folder.write("b.log", "2\n")
    #expect(look(after: 900).isEmpty, "the folder is not listed again so soon")
    #expect(look(after: 200) == ["2"])
    try folder.rename("b.log", "b.log.1")
    try folder.write("b.log", "3\n")
    #expect(look(after: 1_100) == ["3"])
    #expect(following.follower.wait(milliseconds: 1) == .timedOut)
  }

  @Test("case 26: more changes than the system's queue takes are found by a listing")
  func case26_queueOverflow() throws {
    let path = "/proc/sys/fs/inotify/max_queued_events"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let count = try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    guard count <= 200_000 else {
      print("left out: the queue takes \(count) changes")
      return
    }
    try folder.write("a.log", "1\n")
    try folder.write("b.log", "1\n")
    let following = try Following([folder["*.log"]], usesChangeReports: true) {
      $0.listMilliseconds = .max
    }
    following.poll()
    // Equal messages in a row are one: two files take turns.
    let writers = [try Writer(folder["a.log"]), try Writer(folder["b.log"])]
    for _ in 0...count / 2 { for writer in writers { writer.write("x\n") } }
    try folder.rename("a.log", "a.log.1")
    try folder.write("a.log", "new a\n")
    try folder.write("c.log", "new c\n")
    following.poll()
    #expect(following.lines.count == 2 + 2 * (count / 2 + 1) + 2)
    #expect(following.lines.contains("new a") && following.lines.contains("new c"))
    #expect(following.events.isEmpty)
  }

  @Test("case 27: permission lost and given back, as a user who has no other right")
  func case27_permissionLostAsUser() throws {
    guard let user = try FileUser() else {
      print("left out: this process may not act as another user")
      return
    }
    unsafe chmod(folder.path, 0o755)
    try folder.write("a.log", "1\n")
    try folder.write("b.log", "b\n")
    unsafe chmod(folder["a.log"], 0o644)
    let following = try Following([folder["a.log"], folder["b.log"]])
    user.begin()
    #expect(following.poll() == ["1", "b"])
    user.end()
    try folder.append("a.log", "2\n")
    unsafe chmod(folder["a.log"], 0)
    user.begin()
    following.restart()
    #expect(following.poll().isEmpty)
    user.end()
    #expect(following.eventKinds == [.unreadable(.permissionDenied)])
    try folder.append("a.log", "3\n")
    unsafe chmod(folder["a.log"], 0o644)
    user.begin()
    #expect(following.poll() == ["2", "3"])
    user.end()
    #expect(following.eventKinds.last == .readable)
  }

  @Test("case 29: times of files and a clock that jumps decide nothing")
  func case29_clocks() throws {
    try folder.write("a.log", "1\n")
    let following = try Following([folder["a.log"]])
    following.poll()
    let stamps: [Int] = [0, 4_000_000_000, 1, 1_000_000_000]
    for (index, seconds) in stamps.enumerated() {
      try folder.append("a.log", "\(index + 2)\n")
      var times = [timeval(tv_sec: seconds, tv_usec: 0), timeval(tv_sec: seconds, tv_usec: 0)]
      #expect(unsafe utimes(folder["a.log"], &times) == 0)
      following.now += index.isMultiple(of: 2) ? 10 : 400 * 24 * 3_600_000
      #expect(following.poll() == ["\(index + 2)"])
      following.restart()
      #expect(following.poll().isEmpty)
    }
    #expect(following.events.isEmpty)
  }

  @Test("case 31: cut short and rotated while nobody takes what was read")
  func case31_truncatedUnderBackPressure() throws {
    let following = try Following([folder.path])
    let lines = (0..<60_000).map { "line \($0)" }
    try folder.write("a.log", lines.joined(separator: "\n") + "\n")
    following.poll(chunks: 1)
    try folder.copy("a.log", "a.log.1")
    try folder.truncate("a.log")
    try folder.append("a.log", "after the cut\n")
    following.poll(chunks: 1)
    try folder.rename("a.log.1", "a.log.2")
    try folder.rename("a.log", "a.log.1")
    try folder.write("a.log", "after the rotation\n")
    following.poll(chunks: 1)
    following.poll()
    following.pollLater()
    #expect(following.lines == lines + ["after the cut", "after the rotation"])
    following.restart()
    #expect(following.pollLater().isEmpty)
  }

  @Test("case 32: ten thousand files within the limit of open ones")
  func case32_tenThousandFiles() throws {
    for index in 0..<10_000 { try folder.write("\(index).log", "1\n") }
    let following = try Following([folder.path]) { $0.openFilesMax = 256 }
    #expect(following.poll().count == 10_000)
    for index in stride(from: 0, to: 10_000, by: 100) { try folder.append("\(index).log", "2\n") }
    #expect(following.poll().count == 100)
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    #expect(open < 2_000)
    #expect(following.events.isEmpty)
  }

  @Test("case 33: a sparse file is read over its hole, and waited at where it ends in one")
  func case33_sparse() throws {
    try folder.write("a.log", "1\n")
    try folder.truncate("a.log", to: 300_000)
    let following = try Following([folder["a.log"]])
    #expect(following.poll() == ["1"])
    let file = try FileHandle(forWritingTo: URL(filePath: folder["a.log"]))
    try file.seek(toOffset: 200_000)
    try file.write(contentsOf: Data("2\n".utf8))
    #expect(following.poll() == ["2"])
    following.restart()
    try file.write(contentsOf: Data("3\n".utf8))
    #expect(following.poll() == ["3"])
    #expect(following.records.map(\.record.offset) == [0, 200_000, 200_002])
  }

  @Test("case 34: a name that is no UTF-8 is followed, rotated and known after a restart")
  func case34_nameOfBytes() throws {
    let name = SourcePath(bytes: Array(folder.path.utf8) + [0x2f, 0x61, 0xff, 0xc3, 0xa9, 0x80])
    func append(_ path: SourcePath, _ text: String) throws {
      let file = unsafe path.withCString {
        unsafe open($0, O_WRONLY | O_CREAT | O_APPEND, 0o644)
      }
      try #require(file >= 0)
      _ = unsafe write(file, text, text.utf8.count)
      close(file)
    }
    try append(name, "1\n")
    let following = try Following([folder.path])
    #expect(following.poll() == ["1"])
    following.restart()
    try append(name, "2\n")
    #expect(following.poll() == ["2"])
    let rotated = SourcePath(bytes: name.name + Array(".1".utf8), below: folder.path)
    let status = unsafe name.withCString { from in
      unsafe rotated.withCString { to in unsafe Glibc.rename(from, to) }
    }
    #expect(status == 0)
    try append(rotated, "3\n")
    try append(name, "4\n")
    following.restart()
    following.pollLater()
    #expect(following.lines == ["1", "2", "3", "4"])
  }
}

extension SourcePath {
  fileprivate init(bytes: [UInt8], below folder: String) {
    self.init(bytes: Array(folder.utf8) + [0x2f] + bytes)
  }
}

/// Lets this thread open files with the rights of a user who has none, where root runs the tests.
private struct FileUser {
  private typealias Call = @convention(c) (uid_t) -> Int32
  private let set: Call

  /// Returns `nil` for another user than root, and where the system does not have the call.
  init?() throws {
    guard getuid() == 0, let symbol = unsafe dlsym(nil, "setfsuid") else { return nil }
    set = unsafe unsafeBitCast(symbol, to: Call.self)
  }

  func begin() { _ = set(65_534) }
  func end() { _ = set(0) }
}
