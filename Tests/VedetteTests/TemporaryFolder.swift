import Foundation

/// A folder that is gone when the test is over.
final class TemporaryFolder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "vedette-whole-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
      atPath: path,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { path + "/" + name }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: self[name]))
  }

  /// The bytes of every file that lies in it.
  func allBytes() throws -> Data {
    var bytes = Data()
    for name in try FileManager.default.subpathsOfDirectory(atPath: path).sorted() {
      bytes += (try? Data(contentsOf: URL(filePath: self[name]))) ?? Data()
    }
    return bytes
  }
}

/// The package's own files.
enum PackageTree {
  static let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}
