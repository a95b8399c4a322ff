import Synchronization

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
