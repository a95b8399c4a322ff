import Foundation
import Testing
import VedetteSimulation

/// Holds the folder `sample-logs` and the generator equal.
///
/// With `VEDETTE_UPDATE_GOLDENS=1` it rewrites the folder instead; the reviewer reads the difference.
@Suite("Sample logs")
struct SampleLogsTests {
  static let folder = URL(filePath: #filePath)
    .appending(path: "../../../sample-logs").standardizedFileURL

  @Test("a scenario's folder is what the generator writes", arguments: Scenario.all.map(\.name))
  func foldersAreCurrent(name: String) throws {
    let scenario = try #require(Scenario.all.first { $0.name == name })
    let folder = Self.folder.appending(path: name)
    let files = scenario.files(seed: Scenario.defaultSeed)
    if ProcessInfo.processInfo.environment["VEDETTE_UPDATE_GOLDENS"] == "1" {
      try? FileManager.default.removeItem(at: folder)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for file in files { try Data(file.bytes).write(to: folder.appending(path: file.path)) }
    }
    let present = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(present == files.map(\.path))
    for file in files where present.contains(file.path) {
      let bytes = try Data(contentsOf: folder.appending(path: file.path))
      #expect(bytes == Data(file.bytes), "\(name)/\(file.path) differs: VEDETTE_UPDATE_GOLDENS=1")
    }
  }

  @Test("there is no folder without a scenario")
  func noOtherFolders() throws {
    let present = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(present.filter { !$0.contains(".") }.sorted() == Scenario.all.map(\.name).sorted())
  }
}
