import FoundationEssentials
import Vedette
import VedetteEvent
import VedetteStore

/// The whole pipeline with one worker into a database: what `vedette replay` does.
struct PipelineStage: Stage {
  var name: String { "whole pipeline" }
  private let engine = Engine(
    rules: RuleSource.load(PipelineConfiguration()).rules,
    contentKey: [UInt8](repeating: 7, count: 32)
  )

  func run(_ file: InputFile) throws(BenchmarkError) -> Pass {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/incidents.db"
    return try .inProcess { () throws(BenchmarkError) in
      do throws(StoreError) {
        let store = try IncidentStore.open(path, for: .pipeline, writtenBy: "vedette-benchmarks")
        let report = try Replay(configuration: configuration(file), engine: engine).run(
          into: store,
          now: { EventTime(nanosecondsSinceEpoch: 1_772_409_600_000_000_000) }
        )
        try store.close()
        return Work(bytes: file.byteCount, events: report.eventCount)
      } catch {
        throw .failed("\(path): \(error)")
      }
    }
  }

  private func configuration(_ file: InputFile) -> PipelineConfiguration {
    var configuration = PipelineConfiguration()
    configuration.sources = [SourceConfiguration(path: file.path)]
    configuration.workerCount = 1
    configuration.year = 2026
    return configuration
  }
}

/// The built program in a process of its own, from its start to its end.
struct ProgramStage: Stage {
  let programPath: String
  var name: String { "vedette replay" }

  func run(_ file: InputFile) throws(BenchmarkError) -> Pass {
    let folder = try TemporaryFolder()
    let arguments = [
      programPath, "replay", file.path, "--workers", "1", "--year", "2026", "--quiet", "--db",
      "\(folder.path)/incidents.db",
    ]
    return try .child(arguments, work: Work(bytes: file.byteCount, events: file.lineCount))
  }

  /// The program that was built beside this one, or `nil` if it was not.
  static func besideThisOne() -> String? {
    guard let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { return nil }
    let folder = own.split(separator: "/").dropLast().joined(separator: "/")
    let path = "/\(folder)/vedette"
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }
}
