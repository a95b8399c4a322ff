import Foundation
import Testing

/// Holds the sources to the parts of the house style that the compiler and the formatter can't.
@Suite("Tidy")
struct TidyTests {
  static let lineCountMax = 400

  @Test("no source file is longer than the limit", arguments: try SourceTree.files())
  func fileLength(_ file: SourceFile) {
    #expect(file.lines.count <= Self.lineCountMax)
  }

  @Test("unsafe code stays where it is expected", arguments: try SourceTree.files())
  func unsafeCode(_ file: SourceFile) {
    guard !file.mayBeUnsafe else { return }
    #expect(file.lines.filter(\.isUnsafeCode) == [])
  }

  @Test(
    "no clock and no unseeded randomness outside the interfaces",
    arguments: try SourceTree.files()
  )
  func clocks(_ file: SourceFile) {
    guard !file.mayAskTheClock else { return }
    let words = ["Date()", "Date.now", "ContinuousClock", "SystemRandomNumberGenerator"]
    #expect(file.lines.filter { line in words.contains { line.contains($0) } } == [])
  }

  @Test("nothing is left to be done", arguments: try SourceTree.files())
  func leftOvers(_ file: SourceFile) {
    let words = ["TODO", "FIXME", "fatalError(", "not implemented"]
    #expect(file.lines.filter { line in words.contains { line.contains($0) } } == [])
  }

  @Test("no path of one machine is named", arguments: try SourceTree.files())
  func absolutePaths(_ file: SourceFile) {
    #expect(file.lines.filter { $0.contains("/work/") } == [])
  }

  @Test("each stage imports only what lies below it", arguments: try SourceTree.files())
  func stages(_ file: SourceFile) {
    let stages = [
      "VedetteIngest", "VedetteNormalize", "VedetteRules", "VedetteBehavior", "VedetteCorrelate",
      "VedetteIncidents", "VedetteStore",
    ]
    guard let own = stages.first(where: { file.path.hasPrefix("Sources/\($0)/") }) else { return }
    let imported = stages.filter { stage in
      stage != own && file.lines.contains { $0.hasSuffix("import \(stage)") }
    }
    #expect(imported == [])
  }
}

/// One Swift file below `Sources`.
struct SourceFile: Sendable, CustomTestStringConvertible {
  /// The file's path from the package's root.
  let path: String
  let lines: [String]
  var testDescription: String { path }

  /// Whether the file is in one of the folders that may say `unsafe`, or wraps one C library.
  var mayBeUnsafe: Bool {
    let places = [
      "/Kernels/", "/Scanning/", "/Matching/", "/Framing/", "/Follow/", "/Formats/",
      "Benchmarks/", "/Decompressor", "/PosixFiles", "/PosixWaiting", "/PrivateFiles",
      "/FileFacts", "/Machine", "/Output", "/Signals", "/Monitor", "/FormatReader",
      "/Normalizer", "/Digest", "/RowStatement", "/PosixSockets", "/ChildProcess", "/RawTerminal",
    ]
    return places.contains { path.contains($0) }
  }

  /// Whether the file is at the edge, where people and machines are.
  var mayAskTheClock: Bool {
    path.hasPrefix("Sources/VedetteCLI/") || path.hasPrefix("Sources/VedetteBenchmarks/")
  }
}

extension String {
  fileprivate var isUnsafeCode: Bool {
    let code = prefix { $0 != "/" }
    return code.contains("unsafe ") && !code.contains("\"")
  }
}

enum SourceTree {
  static func files() throws -> [SourceFile] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let sources = root.standardizedFileURL.appending(path: "Sources")
    let names = try FileManager.default.subpathsOfDirectory(atPath: sources.path).sorted()
    return try names.filter { $0.hasSuffix(".swift") }.map { name in
      let text = try String(contentsOf: sources.appending(path: name), encoding: .utf8)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      return SourceFile(path: "Sources/\(name)", lines: lines)
    }
  }
}
