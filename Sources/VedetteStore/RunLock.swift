import Synchronization

/// What is known from outside of a pipeline that runs on a database.
public struct RunState: Sendable, Hashable {
  /// The process.
  public let process: Int
  /// Whether it is there; if not, it ended without closing the database.
  public let isRunning: Bool
  /// Why nothing can be written to the database for now, with what to do about it.
  public let waiting: String?
}

/// The right to be the one pipeline that writes to a database.
///
/// A lock on a file beside it that the system takes back when the process ends, however it ends.
/// The file holds the process's number while it runs and nothing after an orderly end, so that the
/// next one knows whether the last was killed. The file is never removed: two processes could then
/// each hold a lock of that name.
final class RunLock: Sendable {
  /// The process that held the lock and did not end in an orderly way.
  let abandonedBy: Int?
  private let descriptor: Mutex<Int32?>

  /// Takes the lock.
  init(_ file: DatabaseFile) throws(StoreError) {
    let descriptor: Int32
    do {
      descriptor = try PrivateFiles.openFile(file.lockPath)
    } catch {
      throw StoreError(.notPermitted("'\(file.lockPath)': \(error.message)"), path: file.path)
    }
    let holder = Int(PrivateFiles.start(of: descriptor).prefix { $0.isNumber })
    guard PrivateFiles.lock(descriptor) else {
      PrivateFiles.closeFile(descriptor)
      throw StoreError(.running(process: holder), path: file.path)
    }
    self.abandonedBy = holder
    self.descriptor = Mutex(descriptor)
  }

  /// Says that the database is in use from now on.
  func begin() {
    descriptor.withLock { descriptor in
      guard let descriptor else { return }
      _ = PrivateFiles.replace(descriptor, with: "\(PrivateFiles.process)\n")
    }
  }

  /// Writes beside the process's number why nothing is written to the database for now.
  ///
  /// For who looks from outside; `nil` when it is written to again. On a full disk the few bytes
  /// find the room that the number has already; where that fails too, nobody is told.
  func note(_ reason: String?) {
    descriptor.withLock { descriptor in
      guard let descriptor else { return }
      let text = reason.map { $0 + "\n" } ?? ""
      _ = PrivateFiles.replace(descriptor, with: "\(PrivateFiles.process)\n" + text)
    }
  }

  /// Returns what the file beside a database says of the process that runs on it.
  static func state(_ file: DatabaseFile) -> RunState? {
    guard let text = PrivateFiles.text(file.lockPath, bytesMax: 4_096) else { return nil }
    let lines = text.split(separator: "\n", maxSplits: 1)
    guard let process = lines.first.flatMap({ Int($0) }) else { return nil }
    let reason = lines.dropFirst().first.map { String($0.prefix { $0 != "\n" }) }
    return RunState(
      process: process,
      isRunning: PrivateFiles.isRunning(process),
      waiting: reason.flatMap { $0.isEmpty ? nil : $0 }
    )
  }

  /// Gives the lock back.
  ///
  /// - Parameter orderly: Whether everything was closed; if not, the next one checks the database.
  func end(orderly: Bool) {
    descriptor.withLock { descriptor in
      guard let open = descriptor.take() else { return }
      if orderly { _ = PrivateFiles.replace(open, with: "") }
      PrivateFiles.closeFile(open)
    }
  }

  deinit { end(orderly: false) }
}
