import VedetteStatistics

/// What a key is asked for: the wordings of its prompts, each as the middle of similarity hashes.
///
/// A prompt belongs to a purpose if at most ``distanceMax`` of its 64 bits differ from the middle's.
/// What is new is on probation for a day: until then it counts as unknown.
struct Purposes: Sendable, Equatable {
  struct Purpose: Sendable, Equatable {
    /// How many more members have each bit set than not, in units of one.
    var sums: [Int16]
    var middle: UInt64
    var count: UInt32
    var first: Int64
    var last: Int64

    init(_ hash: UInt64, at time: Int64) {
      sums = (0..<64).map { hash >> UInt64($0) & 1 == 1 ? 1 : -1 }
      middle = hash
      count = 1
      first = time
      last = time
    }

    mutating func add(_ hash: UInt64, at time: Int64) {
      count &+= 1
      last = max(last, time)
      var middle: UInt64 = 0
      for bit in 0..<64 {
        let step: Int16 = hash >> UInt64(bit) & 1 == 1 ? 1 : -1
        sums[bit] = max(-4_000, min(4_000, sums[bit] + step))
        if sums[bit] > 0 { middle |= 1 << UInt64(bit) }
      }
      self.middle = middle
    }
  }

  static let distanceMax = 18
  static let countMax = 12
  static let probation: Int64 = 86_400_000_000_000

  private(set) var all: [Purpose] = []

  /// Notes a prompt.
  ///
  /// - Parameters:
  ///   - hash: Its similarity hash.
  ///   - time: When.
  ///   - isLearning: Whether what is new is known at once.
  /// - Returns: Whether it is for a purpose that is known.
  mutating func note(_ hash: UInt64, at time: Int64, isLearning: Bool) -> Bool {
    var best = -1
    var least = Self.distanceMax + 1
    for index in all.indices {
      let distance = (all[index].middle ^ hash).nonzeroBitCount
      if distance < least { (best, least) = (index, distance) }
    }
    guard best >= 0 else {
      insert(hash, at: isLearning ? time - Self.probation : time)
      return isLearning
    }
    all[best].add(hash, at: time)
    return time - all[best].first >= Self.probation
  }

  /// Takes in one more; the one that was used least leaves.
  private mutating func insert(_ hash: UInt64, at time: Int64) {
    if all.count >= Self.countMax,
      let least = all.indices.min(by: {
        (all[$0].count, all[$0].last) < (all[$1].count, all[$1].last)
      })
    {
      all.remove(at: least)
    }
    all.append(Purpose(hash, at: time))
  }

  func write(to writer: inout SnapshotWriter) {
    writer.write(count: all.count)
    for purpose in all { purpose.write(to: &writer) }
  }

  init() {}

  init(from reader: inout SnapshotReader) {
    for _ in 0..<reader.count(elementBytes: 66 * 8) { all.append(Purpose(from: &reader)) }
  }
}

extension Purposes.Purpose {
  func write(to writer: inout SnapshotWriter) {
    for sum in sums { writer.write(Int64(sum)) }
    writer.write(UInt64(count))
    writer.write(first)
    writer.write(last)
    writer.write(middle)
  }

  init(from reader: inout SnapshotReader) {
    self.init(0, at: 0)
    for bit in 0..<64 { sums[bit] = Int16(clamping: reader.int64()) }
    count = UInt32(clamping: reader.uint64())
    first = reader.int64()
    last = reader.int64()
    middle = reader.uint64()
  }
}
