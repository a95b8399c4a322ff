import Dispatch
import FoundationEssentials
import Glibc
import Synchronization
import Vedette
import VedetteEvent
import VedetteStore

/// How long it takes from the write of a line until its incident can be read in the database.
///
/// A run follows a log to which 5,000 lines a second are written, one in a hundred of which opens an
/// incident of its own. Another connection looks every few milliseconds how many incidents there are.
struct IncidentLatency {
  private static let linesPerSecond = 5_000
  private static let seconds = 20
  private static let needleEvery = 100
  private static let tickMicroseconds: UInt32 = 2_000
  private static let rule = """
    title: Needle
    id: 6a0fd38c-2c5e-4a0c-9b52-3f1f0a1d7e55
    status: test
    description: A line of the benchmark that opens an incident.
    level: high
    logsource: { product: linux, service: sshd }
    detection:
      selection:
        user.name: needle
      condition: selection
    """

  private final class Progress: Sendable {
    let isOver = Atomic<Bool>(false)
    let failure = Mutex<String?>(nil)
  }

  /// Measures once.
  ///
  /// - Returns: Milliseconds that 99 of 100 incidents took no longer than.
  /// - Throws: ``BenchmarkError`` if the run fails or an incident doesn't come.
  func percentile99() throws(BenchmarkError) -> Double {
    let folder = try TemporaryFolder()
    let log = "\(folder.path)/auth.log"
    let database = "\(folder.path)/incidents.db"
    let rules = "\(folder.path)/needle.yml"
    try Self.write(Self.rule, to: rules)
    try Self.write("", to: log)
    var configuration = PipelineConfiguration()
    configuration.sources = [SourceConfiguration(path: log)]
    configuration.rulePaths = [rules]
    configuration.usesBuiltInRules = false
    configuration.year = 2026
    let control: RunControl
    do {
      control = try RunControl()
    } catch {
      throw .failed("\(error)")
    }
    let progress = Progress()
    let done = DispatchSemaphore(value: 0)
    let thread = DispatchQueue(label: "run")
    thread.async { [configuration] in
      do {
        let store = try IncidentStore.open(database, for: .pipeline, writtenBy: "benchmarks")
        let engine = Engine(
          rules: RuleSource.load(configuration).rules,
          contentKey: [UInt8](repeating: 7, count: 32)
        )
        let run = Run(
          configuration: configuration,
          engine: engine,
          now: { EventTime(nanosecondsSinceEpoch: 1_772_409_600_000_000_000) },
          milliseconds: { Int64(Self.now() * 1_000) }
        )
        _ = try run.follow(into: store, start: .beginning, control: control) { _ in }
        try store.close()
      } catch {
        progress.failure.withLock { $0 = "\(error)" }
      }
      done.signal()
    }
    let writes = try Self.traffic(to: log)
    let seen = try Self.watch(database, writes, progress)
    control.stop()
    done.wait()
    if let failure = progress.failure.withLock({ $0 }) { throw .failed(failure) }
    let sorted = seen.sorted()
    return sorted[min(sorted.count - 1, sorted.count * 99 / 100)] * 1_000
  }

  /// The times at which the needles are written, filled by a thread of its own.
  private final class Writes: Sendable {
    let times = Mutex<[Double]>([])
    let isOver = Atomic<Bool>(false)
  }

  private static func traffic(to log: String) throws(BenchmarkError) -> Writes {
    let descriptor = unsafe open(log, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("open", log) }
    let writes = Writes()
    let lines = DispatchQueue(label: "lines")
    lines.async {
      let begin = now() + 1
      var number = 0
      while number < linesPerSecond * seconds {
        let due = Int((now() - begin) * Double(linesPerSecond))
        var text = ""
        var needles = 0
        while number < min(due, linesPerSecond * seconds) {
          let isNeedle = number % needleEvery == 0
          text += line(number, isNeedle ? "needle" : "user\(number % 50)")
          needles += isNeedle ? 1 : 0
          number += 1
        }
        if !text.isEmpty {
          let bytes = Array(text.utf8)
          let time = now()
          _ = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
          }
          writes.times.withLock { $0 += Array(repeating: time, count: needles) }
        }
        usleep(tickMicroseconds)
      }
      close(descriptor)
      writes.isOver.store(true, ordering: .releasing)
    }
    return writes
  }

  private static func line(_ number: Int, _ user: String) -> String {
    let second = number / linesPerSecond
    let address = "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
    let clock = "10:\(10 + second / 60):\(second % 60 < 10 ? "0" : "")\(second % 60)"
    return "Mar  1 \(clock) host1 sshd[\(number % 30_000)]: "
      + "Failed password for \(user) from \(address) port 22 ssh2\n"
  }

  private static func watch(
    _ database: String,
    _ writes: Writes,
    _ progress: Progress
  ) throws(BenchmarkError) -> [Double] {
    var seen: [Double] = []
    let deadline = now() + Double(seconds) + 60
    var store: IncidentStore?
    while now() < deadline {
      usleep(tickMicroseconds)
      if let failure = progress.failure.withLock({ $0 }) { throw .failed(failure) }
      if store == nil {
        store = try? IncidentStore.open(database, for: .reading, writtenBy: "benchmarks")
      }
      guard let count = try? store?.incidentCount(IncidentQuery()) else { continue }
      let time = now()
      let times = writes.times.withLock { $0 }
      while seen.count < min(count, times.count) { seen.append(time - times[seen.count]) }
      if writes.isOver.load(ordering: .acquiring), seen.count == times.count { return seen }
    }
    throw .failed("\(seen.count) incidents came of those that were written")
  }

  private static func write(_ text: String, to path: String) throws(BenchmarkError) {
    guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
      throw .system("create", path)
    }
  }

  private static func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
