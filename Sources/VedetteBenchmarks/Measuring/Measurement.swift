/// What one pass of a stage did.
struct Work: Equatable {
  var bytes: Int
  /// Events, or records where the stage knows none.
  var events: Int
}

/// One pass of a stage and its cost.
struct Pass {
  var work: Work
  var processorSeconds: Double
  var wallSeconds: Double
  var peakBytes: Int?

  /// Measures work that this process does.
  ///
  /// - Parameter body: The work.
  /// - Returns: The work and its cost.
  /// - Throws: What the work throws.
  static func inProcess(_ body: () throws(BenchmarkError) -> Work) throws(BenchmarkError) -> Pass {
    let knowsPeak = PeakMemory.reset()
    let clock = ProcessorClock()
    let work = try body()
    let (processor, wall) = (clock.processorSeconds, clock.wallSeconds)
    return Pass(
      work: work,
      processorSeconds: processor,
      wallSeconds: wall,
      peakBytes: knowsPeak ? PeakMemory.bytes() : nil
    )
  }

  /// Measures a program.
  ///
  /// - Parameters:
  ///   - arguments: The program and its arguments.
  ///   - work: What it is known to do.
  /// - Returns: The work and its cost.
  /// - Throws: ``BenchmarkError`` if it can't be run or ends with an error.
  static func child(_ arguments: [String], work: Work) throws(BenchmarkError) -> Pass {
    let child = try ChildProcess(arguments)
    guard child.status == 0 else {
      throw .failed("'\(arguments.joined(separator: " "))' ended with status \(child.status)")
    }
    return Pass(
      work: work,
      processorSeconds: child.processorSeconds,
      wallSeconds: child.wallSeconds,
      peakBytes: child.peakBytes
    )
  }
}

/// Several passes of one stage over the same file.
struct Measurement {
  let input: InputKind
  let stage: String
  let passes: [Pass]

  /// Processor seconds: half of the passes took no longer.
  var medianSeconds: Double { Self.median(passes.map(\.processorSeconds)) }

  var fastestSeconds: Double { passes.map(\.processorSeconds).min() ?? 0 }

  var slowestSeconds: Double { passes.map(\.processorSeconds).max() ?? 0 }

  var medianWallSeconds: Double { Self.median(passes.map(\.wallSeconds)) }

  var peakBytes: Int? { passes.compactMap(\.peakBytes).max() }

  private var work: Work { passes.last?.work ?? Work(bytes: 0, events: 0) }

  var megabytesPerSecond: Double { rate(Double(work.bytes) / 1e6) }

  var eventsPerSecond: Double { rate(Double(work.events)) }

  var nanosecondsPerEvent: Double {
    work.events == 0 ? 0 : medianSeconds * 1e9 / Double(work.events)
  }

  private func rate(_ amount: Double) -> Double {
    medianSeconds > 0 ? amount / medianSeconds : 0
  }

  static func median(_ numbers: [Double]) -> Double {
    let sorted = numbers.sorted()
    guard !sorted.isEmpty else { return 0 }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
