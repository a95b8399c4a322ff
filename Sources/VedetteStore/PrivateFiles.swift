import Glibc

/// What `lstat` tells of a path.
struct FileFacts {
  enum Kind { case file, folder, symbolicLink, other }

  var kind: Kind
  var owner: Int
  /// The permission bits.
  var mode: Int
  var linkCount: Int
  var byteCount: Int
}

/// The few calls that make and look at files nobody else may touch.
///
/// The one place of this target that calls the C library. It never follows a symbolic link in the
/// last part of a path, and what it makes is for its owner only, whatever the umask.
enum PrivateFiles {
  /// Why a call did not work.
  struct Failure: Error {
    let code: Int32
    var message: String {
      // Safety: strerror returns a C string that stays as it is until this thread calls it again.
      unsafe String(cString: strerror(code))
    }
  }

  /// Returns what is at a path, or `nil` if there is nothing.
  static func facts(_ path: String) throws(Failure) -> FileFacts? {
    var status = stat()
    // Safety: both arguments outlive the call, which keeps neither.
    guard unsafe lstat(path, &status) == 0 else {
      guard errno == ENOENT || errno == ENOTDIR else { throw Failure(code: errno) }
      return nil
    }
    let kind: FileFacts.Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .symbolicLink
      default: .other
      }
    return FileFacts(
      kind: kind,
      owner: Int(status.st_uid),
      mode: Int(status.st_mode & 0o7777),
      linkCount: Int(status.st_nlink),
      byteCount: Int(status.st_size)
    )
  }

  /// Makes a folder for the owner only; one that is there already is left as it is.
  static func makeFolder(_ path: String) throws(Failure) {
    // Safety: the path outlives the call, which does not keep it.
    guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    throw Failure(code: errno)
  }

  /// Opens a file, made for the owner only if it is not there; returns its descriptor.
  static func openFile(_ path: String) throws(Failure) -> Int32 {
    let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC
    // Safety: the path outlives the call, which does not keep it.
    let descriptor = unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else { throw Failure(code: errno) }
    return descriptor
  }

  /// Closes a descriptor.
  static func closeFile(_ descriptor: Int32) { _ = close(descriptor) }

  /// Takes a lock that ends with the process; returns whether nobody else has it.
  static func lock(_ descriptor: Int32) -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  /// Returns up to 32 bytes from the start of a file, as a text.
  static func start(of descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 32)
    // Safety: the buffer is 32 bytes long and outlives the call.
    let count = unsafe pread(descriptor, &bytes, 32, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  /// Replaces what is in a file by a text; returns whether that worked.
  ///
  /// The text is written before the rest is cut off: a full disk has no room to give anew.
  static func replace(_ descriptor: Int32, with text: String) -> Bool {
    let bytes = Array(text.utf8)
    // Safety: the buffer holds that many bytes and outlives the call.
    guard unsafe pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else { return false }
    return ftruncate(descriptor, off_t(bytes.count)) == 0
  }

  /// Returns the start of a file as a text, or `nil` if it can't be read.
  static func text(_ path: String, bytesMax: Int) -> String? {
    // Safety: the path outlives the call, which does not keep it.
    let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { closeFile(descriptor) }
    var bytes = [UInt8](repeating: 0, count: bytesMax)
    // Safety: the buffer is that long and outlives the call.
    let count = unsafe pread(descriptor, &bytes, bytesMax, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  /// Whether a process is there, of whatever user.
  static func isRunning(_ process: Int) -> Bool {
    process > 0 && (kill(pid_t(truncatingIfNeeded: process), 0) == 0 || errno == EPERM)
  }

  /// The number of this process.
  static var process: Int { Int(getpid()) }

  /// The user this process acts as.
  static var user: Int { Int(geteuid()) }
}
