// Each distinct value of a column once.
//
// Logs repeat: on real Sysmon values one in twelve is new. A column therefore keeps codes, and the
// values lie here. The naive way, an array of strings per batch, is copied whenever a batch is
// sealed and judged anew for each batch. This dictionary only ever grows and never moves what it
// holds, so that a sealed batch shares it with the builder that goes on adding, and a verdict on a
// code holds for every later batch.
//
// Invariants: entry `code` is written once, before any batch that holds `code` is sealed; chunk k
// of the entries has 64 << k places, so eleven chunks hold 131,008 entries and the directory of
// chunks never grows.

import Synchronization
import VedetteEvent

/// The distinct values of a column, addressed by code.
///
/// One builder adds to it; any thread may read the codes of a batch that was handed to it through a
/// lock. Bounded by ``isFull``, which the builder obeys.
@safe
public final class StringDictionary: @unchecked Sendable {
  // Safety: `append` and `code(of:)` are called by the one owning builder. Readers touch only
  // entries below the code count of a sealed batch: those were written before the batch was
  // published through a lock and are never written again; the directory has its final size from
  // the start. All memory is freed in `deinit`, when no batch is left. The owner's state is behind a
  // pointer because the checks of exclusive access to a class's properties cost more than the
  // lookup itself.

  /// Where the bytes of one value are.
  @unsafe
  private struct Entry {
    var bytes: UnsafePointer<UInt8>
    var length: Int
  }

  private static let identities = Atomic<UInt64>(1)
  private static let firstChunkShift = 6
  private static let chunkCount = 11

  /// A number that no other dictionary of this process has: the key of caches of verdicts.
  public let identity: UInt64

  private let directory: UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>
  private let owned: UnsafeMutablePointer<Owned>
  private let seed: UInt64

  /// What only the owning builder changes.
  @unsafe
  private struct Owned {
    var blocks: [UnsafeMutablePointer<UInt8>] = unsafe []
    var blockNext: UnsafeMutablePointer<UInt8>?
    var blockLeft = 0
    var blockSize = 512
    var table: UnsafeMutablePointer<Slot>
    var tableMask: Int
    var count = 0
    var byteCount = 0
  }

  /// A place of the hash table: all that a comparison needs, so that it follows no other pointer.
  @unsafe
  private struct Slot {
    /// The value, or nothing where the place is free.
    var bytes: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    var hash: UInt32 = 0
    var code: UInt32 = 0
  }

  // Read by any thread while the owner goes on adding.
  private let publishedCount = Atomic<Int>(0)
  private let publishedByteCount = Atomic<Int>(0)

  /// The number of values.
  public var count: Int { publishedCount.load(ordering: .relaxed) }
  /// The bytes of all values.
  public var byteCount: Int { publishedByteCount.load(ordering: .relaxed) }

  /// Creates an empty dictionary.
  public init() {
    identity = Self.identities.wrappingAdd(1, ordering: .relaxed).oldValue
    unsafe directory = .allocate(capacity: Self.chunkCount)
    unsafe directory.initialize(repeating: nil, count: Self.chunkCount)
    unsafe owned = .allocate(capacity: 1)
    unsafe owned.initialize(to: Owned(table: Self.makeTable(16), tableMask: 15))
    // Where the directory lies differs from process to process: chosen values can't collide.
    // No output depends on the seed, codes are given in the order of arrival.
    unsafe seed = UInt64(UInt(bitPattern: directory)) &* 0x9e37_79b9_7f4a_7c15
  }

  deinit {
    for index in 0..<Self.chunkCount { unsafe directory[index]?.deallocate() }
    unsafe directory.deallocate()
    unsafe owned.pointee.blocks.forEach { unsafe $0.deallocate() }
    unsafe owned.pointee.table.deallocate()
    unsafe owned.deinitialize(count: 1)
    unsafe owned.deallocate()
  }

  private static func makeTable(_ size: Int) -> UnsafeMutablePointer<Slot> {
    let table = UnsafeMutablePointer<Slot>.allocate(capacity: size)
    unsafe table.initialize(repeating: Slot(bytes: nil), count: size)
    return unsafe table
  }

  /// Whether the next new value belongs into another dictionary.
  public var isFull: Bool {
    unsafe owned.pointee.count >= Limits.dictionaryEntriesMax
      || owned.pointee.byteCount >= Limits.dictionaryBytesMax
  }

  /// Returns the code of a value, adding it if it is new.
  ///
  /// - Parameter value: The bytes.
  /// - Returns: The code.
  /// - Complexity: O(length), amortized.
  @unsafe
  package func code(of value: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let mask = unsafe owned.pointee.tableMask
    let table = unsafe owned.pointee.table
    let hash = unsafe UInt32(truncatingIfNeeded: Self.hash(value, seed: seed))
    let length = UInt32(truncatingIfNeeded: value.count)
    var index = Int(hash) & mask
    while let known = unsafe table[index].bytes {
      if unsafe table[index].hash == hash, unsafe table[index].length == length,
        unsafe Self.areEqual(UnsafeBufferPointer(start: known, count: value.count), value)
      {
        return unsafe table[index].code
      }
      index = (index + 1) & mask
    }
    let code = unsafe append(value)
    unsafe table[index] = Slot(
      bytes: self[code].baseAddress,
      length: length,
      hash: hash,
      code: code
    )
    if unsafe owned.pointee.count * 2 > mask { growTable() }
    return code
  }

  /// Adds a value without looking whether it is there: for columns that hardly repeat.
  ///
  /// - Parameter value: The bytes.
  /// - Returns: The new code.
  @unsafe
  package func append(_ value: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let place = unsafe reserve(value.count)
    if let base = value.baseAddress { unsafe place.update(from: base, count: value.count) }
    let code = unsafe UInt32(owned.pointee.count)
    let (chunk, index) = Self.position(of: code)
    precondition(chunk < Self.chunkCount, "a full dictionary was added to")
    if unsafe directory[chunk] == nil {
      unsafe directory[chunk] = .allocate(capacity: 1 << (Self.firstChunkShift + chunk))
    }
    unsafe directory[chunk]?.advanced(by: index).initialize(
      to: Entry(bytes: UnsafePointer(place), length: value.count)
    )
    unsafe owned.pointee.byteCount += value.count
    unsafe owned.pointee.count += 1
    unsafe publishedByteCount.store(owned.pointee.byteCount, ordering: .relaxed)
    unsafe publishedCount.store(owned.pointee.count, ordering: .relaxed)
    return code
  }

  /// The bytes of a value, valid as long as the dictionary lives.
  ///
  /// - Parameter code: A code that a sealed batch holds.
  @unsafe
  package subscript(code: UInt32) -> UnsafeBufferPointer<UInt8> {
    let entry = unsafe self.entry(code)
    return unsafe UnsafeBufferPointer(start: entry.bytes, count: entry.length)
  }

  /// Returns a value as text, with what is not UTF-8 repaired.
  public func text(_ code: UInt32) -> String {
    unsafe String(decoding: self[code], as: UTF8.self)
  }

  private func entry(_ code: UInt32) -> Entry {
    let (chunk, index) = Self.position(of: code)
    guard let entries = unsafe directory[chunk] else {
      preconditionFailure("no batch holds the code \(code)")
    }
    return unsafe entries[index]
  }

  private static func position(of code: UInt32) -> (chunk: Int, index: Int) {
    let shifted = Int(code) + 1 << firstChunkShift
    let chunk = Int.bitWidth - 1 - shifted.leadingZeroBitCount - firstChunkShift
    return (chunk, shifted - 1 << (firstChunkShift + chunk))
  }

  private func reserve(_ length: Int) -> UnsafeMutablePointer<UInt8> {
    if let next = unsafe owned.pointee.blockNext, unsafe length <= owned.pointee.blockLeft {
      unsafe owned.pointee.blockNext = next + length
      unsafe owned.pointee.blockLeft -= length
      return unsafe next
    }
    unsafe owned.pointee.blockSize = min(owned.pointee.blockSize * 2, 256 << 10)
    let size = unsafe max(owned.pointee.blockSize, length)
    let block = UnsafeMutablePointer<UInt8>.allocate(capacity: max(size, 1))
    unsafe owned.pointee.blocks.append(block)
    unsafe owned.pointee.blockNext = block + length
    unsafe owned.pointee.blockLeft = size - length
    return unsafe block
  }

  private func growTable() {
    let old = unsafe owned.pointee.table
    let oldSize = unsafe owned.pointee.tableMask + 1
    let mask = oldSize * 2 - 1
    let table = unsafe Self.makeTable(oldSize * 2)
    for place in 0..<oldSize where unsafe old[place].bytes != nil {
      var index = unsafe Int(old[place].hash) & mask
      while unsafe table[index].bytes != nil { index = (index + 1) & mask }
      unsafe table[index] = old[place]
    }
    unsafe old.deallocate()
    unsafe owned.pointee.table = table
    unsafe owned.pointee.tableMask = mask
  }

  /// Multiply and fold eight bytes at a time; the seed keeps it from being flooded.
  private static func hash(_ value: UnsafeBufferPointer<UInt8>, seed: UInt64) -> UInt64 {
    var state = seed ^ UInt64(value.count)
    var index = 0
    let raw = UnsafeRawBufferPointer(value)
    while index + 8 <= value.count {
      let word = unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      state = fold(state ^ word)
      index += 8
    }
    var tail: UInt64 = 0
    while index < value.count {
      tail = unsafe tail &<< 8 | UInt64(value[index])
      index += 1
    }
    return fold(state ^ tail)
  }

  @inline(__always)
  private static func fold(_ word: UInt64) -> UInt64 {
    let (high, low) = word.multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
    return high ^ low
  }

  /// Whether bytes of the same length are the same.
  @inline(__always)
  @unsafe
  static func areEqual(
    _ stored: UnsafeBufferPointer<UInt8>,
    _ value: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    var index = 0
    let left = UnsafeRawBufferPointer(stored)
    let right = UnsafeRawBufferPointer(value)
    while index + 8 <= value.count {
      let same =
        unsafe left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        == right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      if !same { return false }
      index += 8
    }
    while index < value.count {
      if unsafe stored[index] != value[index] { return false }
      index += 1
    }
    return true
  }
}
