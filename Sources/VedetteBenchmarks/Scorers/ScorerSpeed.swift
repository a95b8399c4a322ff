import VedetteStatistics

/// How fast the scorers are, next to the same loops in C, in one run.
struct ScorerSpeed {
  /// The time of one way of doing something.
  private struct Row {
    var name: String
    /// Nanoseconds a row, one for each pass.
    var times: [Double]

    var median: Double { Measurement.median(times) }
  }

  private static let rowCount = 1_000_000
  private static let width = 20

  let passes: Int

  /// Measures and prints.
  ///
  /// - Returns: What is slower than it may be, in lines.
  /// - Throws: ``BenchmarkError`` if the loops in C can't be compiled.
  func run() throws(BenchmarkError) -> [String] {
    let folder = try TemporaryFolder()
    let floors = try FloorLibrary(in: folder.path)
    let forest = try forestRows(floors)
    let slots = try slotRows(floors)
    let series = seriesRow()
    print("scorers: CPU nanoseconds a row, median of \(passes) passes (least–most)")
    for row in forest + slots + [series] {
      let spread =
        "(\(ResultTable.fixed(row.times.min() ?? 0, digits: 1))–"
        + "\(ResultTable.fixed(row.times.max() ?? 0, digits: 1)))"
      let name = row.name + String(repeating: " ", count: max(0, 40 - row.name.count))
      print("  \(name)\(ResultTable.fixed(row.median, digits: 1))  \(spread)")
    }
    return tell("forest", forest[0], forest[1], most: 1.25)
      + tell("keyed update", slots[0], slots[1], most: 1.3)
  }

  private func tell(_ name: String, _ ours: Row, _ floor: Row, most: Double) -> [String] {
    let ratio = ours.median / floor.median
    let text = "\(name): \(ResultTable.fixed(ratio, digits: 2)) times the C loop"
    print("  \(text) (at most \(ResultTable.fixed(most, digits: 2)))")
    return ratio > most ? ["\(text), more than \(ResultTable.fixed(most, digits: 2))"] : []
  }

  private func forestRows(_ floors: FloorLibrary) throws(BenchmarkError) -> [Row] {
    var random = SplitMix64(seed: 1)
    var table = PointTable(width: Self.width)
    for _ in 0..<Self.rowCount {
      // Sums of three uniform numbers are near enough to normal.
      table.append(
        (0..<Self.width).map { _ in
          Float(random.nextUnit() + random.nextUnit() + random.nextUnit())
        }
      )
    }
    let options = IsolationForest.Options(treeCount: 100, sampleCount: 256, seed: 1)
    let forest = IsolationForest(fitting: table, options: options)
    let layout = forest.layout
    var ours = Row(name: "forest, 1 thread", times: [])
    var floor = Row(name: "forest, the loop in C", times: [])
    var scores: [Double] = []
    var sums: [Float] = []
    for _ in 0..<passes {
      var clock = ProcessorClock()
      scores = forest.scores(of: table, rows: 0..<Self.rowCount)
      ours.times.append(clock.processorSeconds * 1e9 / Double(Self.rowCount))
      sums = [Float](repeating: 0, count: Self.rowCount)
      clock = ProcessorClock()
      unsafe floors.forest(
        layout.nodes,
        layout.leaves,
        layout.treeCount,
        layout.depth,
        table.values,
        Self.rowCount,
        Self.width,
        &sums
      )
      floor.times.append(clock.processorSeconds * 1e9 / Double(Self.rowCount))
    }
    // The same work: the paths are as long.
    for row in 0..<Self.rowCount {
      let expected = forest.score(ofPathLengthSum: sums[row])
      guard (expected - scores[row]).magnitude < 1e-6 else {
        throw .failed("row \(row): the loop in C scores \(expected), the forest \(scores[row])")
      }
    }
    return [ours, floor]
  }

  private func slotRows(_ floors: FloorLibrary) throws(BenchmarkError) -> [Row] {
    var random = SplitMix64(seed: 2)
    let distinct = (0..<Self.rowCount).map { _ in random.next() | 1 }
    let batch = 4_096
    let batches = Self.rowCount / batch
    var ours = Row(name: "keyed z update, 1 M keys, batched", times: [])
    var floor = Row(name: "keyed z update, the loop in C", times: [])
    var table = SlotTable(capacity: Self.rowCount, halfLife: 800)
    let values = distinct.map { _ in Float(random.nextUnit()) }
    _ = table.update(keys: distinct, values: values)
    let size = 1 << 21
    // Eight words of four bytes, as the slot of floors.c; the memory is aligned to cache lines, as
    // that of a large array is.
    var slots = [SIMD8<UInt32>](repeating: .zero, count: size)
    var scores = [Float](repeating: 0, count: Self.rowCount)
    let (slow, fast) = table.rates
    unsafe floors.slots(
      &slots,
      UInt64(size - 1),
      distinct,
      values,
      Self.rowCount,
      slow,
      fast,
      &scores
    )
    for _ in 0..<passes {
      let drawn = (0..<batches * batch).map { _ in random.nextBelow(Self.rowCount) }
      let keys = drawn.map { distinct[$0] }
      let values = keys.map { _ in Float(random.nextUnit()) }
      let batched = (0..<batches).map { index in
        let range = index * batch..<(index + 1) * batch
        return (keys: Array(keys[range]), values: Array(values[range]))
      }
      var clock = ProcessorClock()
      var sum: Float = 0
      for part in batched { sum += table.update(keys: part.keys, values: part.values)[0] }
      ours.times.append(clock.processorSeconds * 1e9 / Double(keys.count))
      var check: Float = 0
      clock = ProcessorClock()
      for part in batched {
        unsafe floors.slots(
          &slots,
          UInt64(size - 1),
          part.keys,
          part.values,
          batch,
          slow,
          fast,
          &scores
        )
        check += scores[0]
      }
      floor.times.append(clock.processorSeconds * 1e9 / Double(keys.count))
      guard (sum - check).magnitude <= 0.01 * (1 + check.magnitude) else {
        throw .failed("the loop in C has other scores: \(check) and \(sum)")
      }
    }
    return [ours, floor]
  }

  private func seriesRow() -> Row {
    var row = Row(name: "series, all experts", times: [])
    let count = 100_000
    for pass in 0..<passes {
      var random = SplitMix64(seed: UInt64(pass))
      var scorer = SeriesScorer()
      let values = (0..<count).map { _ in 100 * random.nextUnit() }
      let clock = ProcessorClock()
      for value in values { _ = scorer.score(value, at: nil) }
      row.times.append(clock.processorSeconds * 1e9 / Double(count))
    }
    return row
  }
}
