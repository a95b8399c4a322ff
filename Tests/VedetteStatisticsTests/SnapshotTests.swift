import Testing
import VedetteStatistics

@Suite("State as bytes")
struct SnapshotTests {
  @Test("every kind of value comes back")
  func roundTrip() {
    var writer = SnapshotWriter()
    writer.write(byte: 7)
    writer.write(UInt64.max)
    writer.write(UInt32.max)
    writer.write(Int64.min)
    writer.write(-Double.infinity)
    writer.write(Float.leastNonzeroMagnitude)
    for value in [0, 127, 128, 16_384, UInt64.max] { writer.write(variable: value) }
    writer.write("Größe")
    writer.write(bytes: [1, 2, 3])
    var reader = SnapshotReader(writer.bytes)
    #expect(reader.byte() == 7)
    #expect(reader.uint64() == .max)
    #expect(reader.uint32() == .max)
    #expect(reader.int64() == .min)
    #expect(reader.double() == -.infinity)
    #expect(reader.float() == .leastNonzeroMagnitude)
    for value in [0, 127, 128, 16_384, UInt64.max] { #expect(reader.variable() == value) }
    #expect(reader.text() == "Größe")
    #expect(!reader.isComplete)
    #expect(reader.byteString() == [1, 2, 3])
    #expect(reader.isComplete)
  }

  @Test("a cut or hostile state fails and never traps", arguments: 0..<64 as Range<UInt64>)
  func hostile(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var forest = PointTable(width: 2)
    for _ in 0..<20 { forest.append([Float(random.nextUnit()), Float(random.nextUnit())]) }
    let options = IsolationForest.Options(treeCount: 2, sampleCount: 16, seed: seed)
    var sketch = CardinalitySketch(precision: 4)
    for _ in 0..<100 { sketch.insert(hash: random.next()) }
    var scorer = SeriesScorer()
    _ = scorer.score(1, at: nil)
    let states = [
      IsolationForest(fitting: forest, options: options).snapshot, sketch.snapshot,
      scorer.snapshot,
    ]
    for state in states {
      let cut = Array(state.prefix(random.nextBelow(state.count)))
      #expect(IsolationForest(restoring: cut) == nil)
      #expect(CardinalitySketch(restoring: cut) == nil)
      #expect(SeriesScorer(restoring: cut) == nil)
      var altered = state
      altered[random.nextBelow(state.count)] ^= UInt8(1 << random.nextBelow(8))
      if var restored = SeriesScorer(restoring: altered) { _ = restored.score(3, at: nil) }
      if let restored = CardinalitySketch(restoring: altered) { _ = restored.estimate }
      if let restored = IsolationForest(restoring: altered) {
        _ = restored.score(of: [Float](repeating: 0, count: restored.width))
      }
    }
  }

  @Test("a length that the bytes can't hold is a failure")
  func hugeCount() {
    var writer = SnapshotWriter()
    writer.write(variable: .max)
    var reader = SnapshotReader(writer.bytes)
    #expect(reader.byteString().isEmpty)
    #expect(reader.hasFailed)
  }
}
