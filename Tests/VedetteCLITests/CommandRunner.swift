import Foundation
import Testing

/// Runs the built binary in a folder of its own, which is gone when the test is over.
final class CommandRunner {
  /// What a command left behind.
  struct Result {
    let status: Int32
    let output: String
    let errors: String
    /// The lines of the output.
    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The output's lines, each an object.
    func objects() throws -> [[String: Any]] {
      try lines.map { line in
        let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
        return try #require(value as? [String: Any])
      }
    }
  }

  static let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL
  /// The binary lies beside the tests that are running.
  static let binary = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "vedette")

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "vedette-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
    try #require(
      FileManager.default.isExecutableFile(atPath: Self.binary.path),
      "no binary at \(Self.binary.path): swift build --product vedette"
    )
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  subscript(name: String) -> String { folder.appending(path: name).path }

  /// The path of a sample log.
  static func sample(_ name: String) -> String { root.appending(path: "sample-logs/\(name)").path }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  func append(_ name: String, _ text: String) throws {
    let handle = try FileHandle(forWritingTo: folder.appending(path: name))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }

  func read(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  /// Starts a program in the folder with nothing of this process's surroundings.
  func start(
    _ arguments: [String],
    label: String,
    program: URL = binary,
    environment: [String: String] = [:]
  ) throws -> Process {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let own = [
      "HOME": folder.path, "XDG_STATE_HOME": folder.path, "TMPDIR": folder.path,
      "PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no",
    ]
    process.environment = own.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try sink("\(label).out")
    process.standardError = try sink("\(label).err")
    try process.run()
    return process
  }

  /// Runs a command to its end.
  @discardableResult
  func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Result {
    try finish(Self.binary, arguments, environment)
  }

  /// Runs a command with a list of arguments to its end.
  func run(_ arguments: [String]) throws -> Result { try finish(Self.binary, arguments, [:]) }

  /// Runs a line of shell, in which `$VEDETTE` is the binary.
  func shell(_ line: String) throws -> Result {
    try finish(URL(filePath: "/bin/sh"), ["-c", line], ["VEDETTE": Self.binary.path])
  }

  private func finish(
    _ program: URL,
    _ arguments: [String],
    _ environment: [String: String]
  ) throws -> Result {
    let label = UUID().uuidString
    let process = try start(
      arguments,
      label: label,
      program: program,
      environment: environment
    )
    process.waitUntilExit()
    let status = process.terminationReason == .exit ? process.terminationStatus : -1
    return Result(
      status: status,
      output: try read("\(label).out"),
      errors: try read("\(label).err")
    )
  }

  private func sink(_ name: String) throws -> FileHandle {
    try write(name, "")
    return try FileHandle(forWritingTo: folder.appending(path: name))
  }
}
