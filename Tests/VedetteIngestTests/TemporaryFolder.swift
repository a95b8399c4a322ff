import Foundation
import VedetteIngest

/// A folder that is gone when the test is over.
final class TemporaryFolder {
  let path: String

  init() throws {
    let template = FileManager.default.temporaryDirectory.path + "/vedette-ingest-XXXXXX"
    var name = Array(template.utf8CString)
    guard unsafe mkdtemp(&name) != nil else { throw CocoaError(.fileWriteUnknown) }
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { path + "/" + name }

  func write(_ name: String, _ text: String) throws {
    try write(name, Array(text.utf8))
  }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    // Not by `Data`, which waits for the disk.
    let file = try Writer(self[name], truncates: true)
    file.write(bytes: bytes)
  }

  func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: self[name])))
  }

  func append(_ name: String, _ text: String) throws {
    try append(name, bytes: Array(text.utf8))
  }

  func append(_ name: String, bytes: some Collection<UInt8>) throws {
    let file = try Writer(self[name])
    file.write(bytes: Array(bytes))
  }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: self[name],
      withIntermediateDirectories: true
    )
  }

  func rename(_ from: String, _ to: String) throws {
    guard unsafe Glibc.rename(self[from], self[to]) == 0 else { throw POSIXError(.EIO) }
  }

  func copy(_ from: String, _ to: String) throws {
    try write(to, try read(from))
  }

  func remove(_ name: String) throws {
    guard unsafe unlink(self[name]) == 0 else { throw POSIXError(.EIO) }
  }

  func link(_ name: String, to target: String) throws {
    guard unsafe symlink(target, self[name]) == 0 else { throw POSIXError(.EIO) }
  }

  func hardLink(_ name: String, to target: String) throws {
    guard unsafe Glibc.link(self[target], self[name]) == 0 else { throw POSIXError(.EIO) }
  }

  func truncate(_ name: String, to size: Int = 0) throws {
    guard unsafe Glibc.truncate(self[name], off_t(size)) == 0 else { throw POSIXError(.EIO) }
  }

  func inode(_ name: String) -> UInt64 {
    var info = stat()
    return unsafe stat(self[name], &info) == 0 ? UInt64(info.st_ino) : 0
  }

  /// Runs gzip on a file, which replaces it.
  func gzip(_ name: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-nf", self[name]]
    try process.run()
    process.waitUntilExit()
  }
}

/// A program that keeps its log open, as daemons do.
final class Writer {
  private let descriptor: Int32

  init(_ path: String, appends: Bool = true, truncates: Bool = false) throws {
    let flags =
      O_WRONLY | O_CREAT | O_CLOEXEC | (appends ? O_APPEND : 0) | (truncates ? O_TRUNC : 0)
    descriptor = unsafe open(path, flags, 0o644)
    guard descriptor >= 0 else { throw POSIXError(.EIO) }
    if !appends { lseek(descriptor, 0, SEEK_END) }
  }

  deinit { close(descriptor) }

  func write(_ text: String) { write(bytes: Array(text.utf8)) }

  func write(bytes: [UInt8]) {
    var index = 0
    while index < bytes.count {
      let count = unsafe bytes[index...].withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      guard count > 0 else { return }
      index += count
    }
  }
}
