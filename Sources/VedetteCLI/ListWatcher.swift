import FoundationEssentials
import Glibc
import Synchronization
import Vedette

/// Takes up watchlists and indicators that changed while a run goes on.
///
/// A thread looks at their files every two seconds, by size, time and inode. A change makes the run
/// commit and go on with what the files say now, as SIGHUP does; what is still being written is
/// waited for, until two looks see the same.
final class ListWatcher: Sendable {
  private static let pauseMicroseconds: UInt32 = 2_000_000

  private let paths: [String]
  private let control: RunControl
  private let isOver = Atomic<Bool>(false)

  /// Creates a watcher.
  ///
  /// - Parameters:
  ///   - configuration: Which files.
  ///   - control: Asked to take them up.
  init(_ configuration: PipelineConfiguration, control: RunControl) {
    paths = configuration.watchlistPaths + configuration.intelPaths
    self.control = control
  }

  /// Begins to look.
  func start() {
    guard !paths.isEmpty else { return }
    let first = look()
    Thread.detach { [self] in
      var (known, last) = (first, first)
      while !control.isStopping, !isOver.load(ordering: .acquiring) {
        usleep(Self.pauseMicroseconds)
        let now = look()
        if now != known, now == last, !isOver.load(ordering: .acquiring) {
          known = now
          control.reload()
        }
        last = now
      }
    }
  }

  /// Looks no more.
  func finish() { isOver.store(true, ordering: .releasing) }

  /// What the files are like: enough to see a change.
  private func look() -> [String] {
    var files: [String] = []
    for path in paths {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      files += names.isEmpty ? [path] : names.sorted().map { path + "/" + $0 }
    }
    return files.map { file in
      let facts = (try? FileManager.default.attributesOfItem(atPath: file)) ?? [:]
      let time = (facts[.modificationDate] as? Date)?.timeIntervalSinceReferenceDate ?? 0
      let (size, number) = (facts[.size] as? Int ?? -1, facts[.systemFileNumber] as? Int ?? -1)
      return "\(file) \(number) \(size) \(time)"
    }
  }
}
