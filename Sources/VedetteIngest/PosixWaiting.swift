// The one file that waits for the operating system: pipes that wake, inotify, poll.
//
// Safety: as in the file beside it, pointers are valid for the call only and sized by their arrays.

import Glibc

/// Ends a wait from another thread.
///
/// ```swift
/// let waker = try FollowWaker()
/// // on one thread: follower.wait(milliseconds: 1_000)
/// // on another: waker.wake()
/// ```
public final class FollowWaker: Sendable {
  private let readEnd: Int32
  private let writeEnd: Int32

  /// Creates a waker.
  ///
  /// - Throws: ``IngestError`` if the system has no more descriptors.
  public init() throws(IngestError) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else {
      throw IngestError(path: "-", action: .watch, problem: .init(.last))
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  /// Ends the wait that is going on, or the next one.
  public func wake() {
    var byte: UInt8 = 1
    // A full pipe wakes as well as one more byte would.
    _ = unsafe write(writeEnd, &byte, 1)
  }

  var descriptor: Int32 { readEnd }

  func reset() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while unsafe read(readEnd, &bytes, bytes.count) > 0 {}
  }
}

/// Waits until one of several descriptors has something.
enum Waiting {
  /// Returns the descriptors that are ready, in the order given; none after the time is over.
  static func ready(_ descriptors: [Int32], milliseconds: Int) -> [Int32] {
    var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let timeout = Int32(clamping: max(0, milliseconds))
    guard unsafe poll(&polled, nfds_t(polled.count), timeout) > 0 else { return [] }
    return polled.filter { $0.revents != 0 }.map(\.fd)
  }
}

/// Hears from the system that something changed in folders.
///
/// It only tells that something did: what, a listing shows. So a lost or repeated message costs a
/// listing, never a line.
final class ChangeWatcher {
  /// What was heard since the last time.
  struct Report: Equatable {
    /// A file grew.
    var hasGrowth = false
    /// Something was created, renamed, deleted, or may be read by others now.
    var isStructural = false
  }

  let descriptor: Int32
  /// The folders that could not be watched, the last time they were asked for.
  private(set) var problem: IngestError.Problem?
  private var watches: [SourcePath: Int32] = [:]

  private static let growth = UInt32(IN_MODIFY)
  private static let structure = UInt32(
    IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF
  )

  init?() {
    descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  /// Watches these and no other paths, and returns whether one was not watched before.
  func watch(_ paths: [SourcePath]) -> Bool {
    problem = nil
    var isNew = false
    let wanted = Set(paths)
    // The order reaches no output: each path is asked for by itself.
    for (path, watch) in watches where !wanted.contains(path) {
      watches[path] = nil
      if !watches.values.contains(watch) { inotify_rm_watch(descriptor, watch) }
    }
    for path in paths where watches[path] == nil {
      let watch = unsafe path.withCString {
        unsafe inotify_add_watch(descriptor, $0, Self.growth | Self.structure)
      }
      if watch >= 0 {
        watches[path] = watch
        isNew = true
      } else if PosixError.last != .notFound {
        problem = IngestError.Problem(.last)
      }
    }
    return isNew
  }

  /// Returns what was heard since the last time.
  func report() -> Report {
    var report = Report()
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = unsafe read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return report }
      note(buffer.prefix(count), in: &report)
    }
  }

  /// Reads messages as inotify(7) lays them out: watch, mask, cookie, length, name.
  private func note(_ messages: ArraySlice<UInt8>, in report: inout Report) {
    let headerBytes = 16
    var index = messages.startIndex
    while index + headerBytes <= messages.endIndex {
      let watch = Int32(bitPattern: word(messages, index))
      let mask = word(messages, index + 4)
      if mask & Self.growth != 0 { report.hasGrowth = true }
      if mask & ~Self.growth != 0 { report.isStructural = true }
      if mask & UInt32(IN_IGNORED) != 0 { watches = watches.filter { $0.value != watch } }
      index += headerBytes + Int(word(messages, index + 12))
    }
  }

  private func word(_ bytes: ArraySlice<UInt8>, _ index: Int) -> UInt32 {
    (0..<4).reduce(0) { number, place in
      let byte = UInt32(bytes[index + place])
      return number | byte << UInt32(endianShift(place))
    }
  }

  /// The system writes numbers in its own order.
  private func endianShift(_ place: Int) -> Int {
    UInt32(1).littleEndian == 1 ? place * 8 : (3 - place) * 8
  }
}
