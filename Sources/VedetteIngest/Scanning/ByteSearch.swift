// The loops that touch every byte: searching, comparing and copying.
//
// Free functions over spans. Each checks its range once and hands the rest to the C library, whose
// `memchr` and `memcmp` read at 8 to 12 GB/s. The differential tests hold them against plain loops.

import Glibc

/// The bytes that framing looks for.
enum ASCII {
  static let null: UInt8 = 0x00
  static let tab: UInt8 = 0x09
  static let lineFeed: UInt8 = 0x0a
  static let carriageReturn: UInt8 = 0x0d
  static let recordSeparator: UInt8 = 0x1e
  static let space: UInt8 = 0x20
  static let quote: UInt8 = 0x22
  static let comma: UInt8 = 0x2c
  static let minus: UInt8 = 0x2d
  static let colon: UInt8 = 0x3a
  static let openBracket: UInt8 = 0x5b
  static let backslash: UInt8 = 0x5c
  static let closeBracket: UInt8 = 0x5d
  static let openBrace: UInt8 = 0x7b
  static let closeBrace: UInt8 = 0x7d
}

/// Returns the first place at or after `start` that holds `byte`, or `nil`.
func firstIndex(of byte: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int? {
  precondition(start >= 0 && start <= bytes.count)
  // Safety: the search begins inside the buffer and is as long as what is left of it.
  return unsafe bytes.withUnsafeBufferPointer { buffer -> Int? in
    guard let base = unsafe UnsafeRawPointer(buffer.baseAddress), start < buffer.count else {
      return nil
    }
    guard let hit = unsafe memchr(base + start, Int32(byte), buffer.count - start) else {
      return nil
    }
    return unsafe UnsafeRawPointer(hit) - base
  }
}

/// Returns the first place at or after `start` that does not hold a NUL, or the end.
func firstIndexOfNonNull(in bytes: Span<UInt8>, from start: Int) -> Int {
  precondition(start >= 0 && start <= bytes.count)
  // Safety: every load ends at or before the buffer's end; loads need no alignment.
  return unsafe bytes.withUnsafeBytes { buffer -> Int in
    var index = start
    while index + 8 <= buffer.count,
      unsafe buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self) == 0
    {
      index += 8
    }
    while index < buffer.count, unsafe buffer[index] == 0 { index += 1 }
    return index
  }
}

/// Returns whether `bytes` begins with all of `prefix`.
func hasPrefix(_ bytes: Span<UInt8>, _ prefix: Span<UInt8>) -> Bool {
  guard prefix.count <= bytes.count else { return false }
  guard prefix.count > 0 else { return true }
  // Safety: both buffers are at least `prefix.count` long, checked above.
  return unsafe bytes.withUnsafeBytes { left -> Bool in
    unsafe prefix.withUnsafeBytes { right -> Bool in
      guard let lhs = left.baseAddress, let rhs = right.baseAddress else {
        return false
      }
      return unsafe memcmp(lhs, rhs, right.count) == 0
    }
  }
}

/// Appends a range of `bytes` to `array`.
func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to array: inout [UInt8]) {
  precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
  // Safety: the range lies in the buffer, which outlives the copy.
  unsafe bytes.withUnsafeBufferPointer { buffer in
    unsafe array.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[range]))
  }
}

/// Returns how many of the first `limit` bytes to keep so that no UTF-8 sequence is cut in two.
///
/// Bytes that are no UTF-8 are cut at the limit itself.
func cutLength(of bytes: Span<UInt8>, limit: Int) -> Int {
  guard limit < bytes.count else { return bytes.count }
  var length = limit
  // A sequence has at most three continuation bytes.
  while length > 0, limit - length < 3, bytes[length] & 0xc0 == 0x80 { length -= 1 }
  return bytes[length] & 0xc0 == 0x80 ? limit : length
}

extension Range<Int> {
  /// The first `length` places, or all.
  func limited(to length: Int) -> Range<Int> {
    lowerBound..<Swift.min(upperBound, lowerBound + length)
  }
}
