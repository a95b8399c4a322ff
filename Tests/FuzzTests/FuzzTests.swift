import Foundation
import FuzzTargets
import Testing
import VedetteStatistics

/// A short run of what `make fuzz` does at length: the corpus, and what is made of it by chance.
///
/// A trap ends the process; the last line that says which target and seed had started names it.
@Suite("Fuzz", .serialized)
struct FuzzTests {
  private static let seeds = 0..<8 as Range<UInt64>
  private static let runsPerSeed = 40

  @Test("the corpus", arguments: FuzzTarget.allCases)
  func corpus(_ target: FuzzTarget) throws {
    let inputs = try Self.inputs(of: target)
    #expect(!inputs.isEmpty)
    for input in inputs { target.run(input) }
  }

  @Test("the corpus, changed by chance", arguments: FuzzTarget.allCases, seeds)
  func changed(_ target: FuzzTarget, seed: UInt64) throws {
    let inputs = try Self.inputs(of: target)
    var mutator = Mutator(inputs, seed: seed)
    for _ in 0..<Self.runsPerSeed { target.run(mutator.next()) }
  }

  /// The inputs that are kept for a target, in the order of their names.
  private static func inputs(of target: FuzzTarget) throws -> [[UInt8]] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fuzz/corpus/\(target.rawValue)").standardizedFileURL
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try names.map { Array(try Data(contentsOf: folder.appending(path: $0))) }
  }
}

/// Makes new inputs of old ones.
struct Mutator {
  private static let stepsMax = 6
  private static let interesting: [UInt8] = [
    0x00, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x2d, 0x30, 0x39, 0x3a, 0x3c, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d,
    0x7f, 0x80, 0xc3, 0xed, 0xf4, 0xff,
  ]

  private let inputs: [[UInt8]]
  private var random: SplitMix64

  init(_ inputs: [[UInt8]], seed: UInt64) {
    self.inputs = inputs
    random = SplitMix64(seed: seed)
  }

  mutating func next() -> [UInt8] {
    var bytes = pick()
    for _ in 0...random.nextBelow(Self.stepsMax) { change(&bytes) }
    return bytes
  }

  private mutating func pick() -> [UInt8] { inputs[random.nextBelow(inputs.count)] }

  private mutating func change(_ bytes: inout [UInt8]) {
    let place = random.nextBelow(bytes.count + 1)
    let end = min(bytes.count, place + random.nextBelow(32))
    switch random.nextBelow(6) {
    case 0: bytes.insert(Self.interesting[random.nextBelow(Self.interesting.count)], at: place)
    case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.nextBelow(8))
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 4:
      let other = pick()
      let start = random.nextBelow(other.count + 1)
      bytes.replaceSubrange(place..<end, with: other[start...].prefix(64))
    default:
      if place < bytes.count {
        bytes[place] = Self.interesting[random.nextBelow(Self.interesting.count)]
      }
    }
  }
}
