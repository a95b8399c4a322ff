/// The same work on parts of something, on threads of our own, with the results in order.
package enum ParallelMap {
  private struct State<Result> {
    var next = 0
    var results: [Result?]
  }

  /// Does the work for each part.
  ///
  /// - Parameters:
  ///   - count: The number of parts.
  ///   - workers: The most threads that work; with one, or where the system has none to give, the
  ///     caller's own does it.
  ///   - body: The work on a part; what it returns must not depend on the thread.
  /// - Returns: What the work returned, by part.
  package static func run<Result: Sendable>(
    count: Int,
    workers: Int,
    _ body: @escaping @Sendable (Int) -> Result
  ) -> [Result] {
    let monitor = Monitor(State(results: [Result?](repeating: nil, count: count)))
    let work: @Sendable () -> Void = {
      while true {
        let part = monitor.withLock { state in
          defer { state.next += 1 }
          return state.next
        }
        guard part < count else { return }
        let result = body(part)
        monitor.withLock { $0.results[part] = result }
      }
    }
    let threads = (1..<max(1, min(workers, count))).compactMap { _ in WorkThread(work) }
    work()
    for thread in threads { thread.join() }
    return monitor.withLock { $0.results.compactMap(\.self) }
  }
}
