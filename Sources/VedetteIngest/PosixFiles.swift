// The one file that asks the operating system about files: open, read, stat, list and match.
//
// Everything above it works with values and typed errors. Safety: pointers given to the C library
// are valid for the call only, sized by the array or struct they come from, and never kept.

import Glibc

/// An error number of the operating system.
struct PosixError: Error, Equatable {
  let code: Int32

  static let notFound = PosixError(code: ENOENT)
  static let notFolder = PosixError(code: ENOTDIR)
  static let accessDenied = PosixError(code: EACCES)
  static let notPermitted = PosixError(code: EPERM)
  static let tooManyFilesOfProcess = PosixError(code: EMFILE)
  static let tooManyFilesOfSystem = PosixError(code: ENFILE)
  static let addressInUse = PosixError(code: EADDRINUSE)
  static let addressNotAvailable = PosixError(code: EADDRNOTAVAIL)
  static let wouldBlock = PosixError(code: EAGAIN)

  /// The error of the call that just failed.
  static var last: PosixError { PosixError(code: errno) }

  /// The system's own words, in lower case.
  static func text(of code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text).lowercased()
  }

  static func ~= (pattern: PosixError, value: PosixError) -> Bool { pattern == value }
}

/// What a path leads to.
enum FileKind: Sendable, Equatable {
  case regular, folder, pipe, device, socket, other

  /// The kind in words.
  var name: String {
    switch self {
    case .regular: "file"
    case .folder: "folder"
    case .pipe: "named pipe"
    case .device: "device"
    case .socket: "socket"
    case .other: "special file"
    }
  }
}

/// What the system knows about a file.
struct FileStatus: Sendable, Equatable {
  var kind = FileKind.regular
  var device: UInt64 = 0
  var inode: UInt64 = 0
  var size: Int64 = 0
  /// Changes whenever content, name or permission do; never used to order anything.
  var changeStamp: Int64 = 0

  var identity: FileIdentity { FileIdentity(device: device, inode: inode) }

  fileprivate init(_ info: stat) {
    device = UInt64(info.st_dev)
    inode = UInt64(info.st_ino)
    size = Int64(info.st_size)
    changeStamp =
      Int64(info.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(info.st_ctim.tv_nsec)
    switch info.st_mode & S_IFMT {
    case S_IFREG: kind = .regular
    case S_IFDIR: kind = .folder
    case S_IFIFO: kind = .pipe
    case S_IFCHR, S_IFBLK: kind = .device
    case S_IFSOCK: kind = .socket
    default: kind = .other
    }
  }

  init() {}
}

/// The number by which the system knows a file, whatever it is called.
struct FileIdentity: Sendable, Hashable {
  var device: UInt64
  var inode: UInt64
}

/// An open file, closed when nobody holds it any more.
final class OpenFile: Sendable {
  let descriptor: Int32
  private let isOwned: Bool

  private init(descriptor: Int32, isOwned: Bool) {
    self.descriptor = descriptor
    self.isOwned = isOwned
  }

  deinit {
    if isOwned { _ = close(descriptor) }
  }

  /// Standard input, which stays open.
  static var standardInput: OpenFile { OpenFile(descriptor: STDIN_FILENO, isOwned: false) }

  /// Opens a file for reading; a named pipe without waiting for its writer.
  static func open(_ path: SourcePath) throws(PosixError) -> OpenFile {
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    let descriptor = unsafe path.withCString { unsafe Glibc.open($0, flags) }
    guard descriptor >= 0 else { throw .last }
    return OpenFile(descriptor: descriptor, isOwned: true)
  }

  func status() throws(PosixError) -> FileStatus {
    var info = stat()
    guard unsafe fstat(descriptor, &info) == 0 else { throw .last }
    return FileStatus(info)
  }

  /// Reads what comes next into `buffer` from `start` on; 0 at the end.
  func read(into buffer: inout [UInt8], from start: Int) throws(PosixError) -> Int {
    precondition(start >= 0 && start <= buffer.count)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
        return unsafe Glibc.read(descriptor, room.baseAddress, room.count)
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw .last }
    }
  }

  /// Reads into `buffer` what lies at a byte of the file; 0 at or behind its end.
  func read(into buffer: inout [UInt8], at offset: Int64) throws(PosixError) -> Int {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe pread(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw .last }
    }
  }

  /// Reads a stretch of the file, shorter only if the file is.
  func bytes(at offset: Int64, count: Int) throws(PosixError) -> [UInt8] {
    var result: [UInt8] = []
    while result.count < count {
      var buffer = [UInt8](repeating: 0, count: count - result.count)
      let got = try read(into: &buffer, at: offset + Int64(result.count))
      guard got > 0 else { break }
      result += buffer.prefix(got)
    }
    return result
  }
}

/// Questions about paths.
enum FileSystem {
  /// Returns what a path leads to, through symbolic links.
  static func status(of path: SourcePath) throws(PosixError) -> FileStatus {
    var info = stat()
    guard unsafe path.withCString({ unsafe stat($0, &info) }) == 0 else { throw .last }
    return FileStatus(info)
  }

  static func exists(_ path: SourcePath) -> Bool {
    unsafe path.withCString { unsafe access($0, F_OK) } == 0
  }

  /// Whether the path itself is a symbolic link.
  static func isLink(_ path: SourcePath) -> Bool {
    var info = stat()
    guard unsafe path.withCString({ unsafe lstat($0, &info) }) == 0 else { return false }
    return info.st_mode & S_IFMT == S_IFLNK
  }

  /// Returns the names in a folder, in the order of their bytes.
  static func names(in folder: SourcePath) throws(PosixError) -> [[UInt8]] {
    guard let stream = unsafe folder.withCString({ unsafe opendir($0) }) else { throw .last }
    defer { unsafe closedir(stream) }
    var names: [[UInt8]] = []
    while let entry = unsafe readdir(stream) {
      guard let place = MemoryLayout<dirent>.offset(of: \.d_name) else { break }
      // Safety: the system ends every name with a NUL; the entry lives until the next call.
      let text = unsafe UnsafeRawPointer(entry).advanced(by: place)
      let length = unsafe Glibc.strlen(text.assumingMemoryBound(to: CChar.self))
      let name = unsafe Array(UnsafeRawBufferPointer(start: text, count: length))
      if name != [0x2e], name != [0x2e, 0x2e] { names.append(name) }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Returns the paths that fit a shell pattern, in the order of their bytes.
  static func paths(matching pattern: SourcePath) -> [SourcePath] {
    var result = unsafe glob_t()
    defer { unsafe globfree(&result) }
    guard
      unsafe pattern.withCString({ unsafe glob($0, GLOB_NOSORT | GLOB_BRACE, nil, &result) }) == 0
    else { return [] }
    var paths: [SourcePath] = []
    for index in 0..<Int(unsafe result.gl_pathc) {
      // Safety: `gl_pathv` has `gl_pathc` entries, each a text that ends with a NUL.
      guard let text = unsafe result.gl_pathv[index] else { continue }
      let length = unsafe Glibc.strlen(text)
      paths.append(SourcePath(bytes: (0..<length).map { unsafe UInt8(bitPattern: text[$0]) }))
    }
    return paths.sorted()
  }

  /// Returns the path without links and dots, or `nil` if it leads nowhere.
  static func resolved(_ path: SourcePath) -> SourcePath? {
    guard let text = unsafe path.withCString({ unsafe realpath($0, nil) }) else { return nil }
    defer { unsafe free(text) }
    let length = unsafe Glibc.strlen(text)
    return SourcePath(bytes: (0..<length).map { unsafe UInt8(bitPattern: text[$0]) })
  }
}

extension SourcePath {
  /// Lends the path as the C library wants it.
  func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    let text = bytes.map { CChar(bitPattern: $0) } + [0]
    return unsafe text.withUnsafeBufferPointer { buffer in
      // Safety: the array has at least its NUL, so there is a base address.
      unsafe body(buffer.baseAddress.unsafelyUnwrapped)
    }
  }
}
