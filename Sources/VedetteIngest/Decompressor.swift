// The one importer of zlib: its codes become outcomes and errors here.
//
// Safety: the stream is allocated once, so that its address, which zlib keeps, does not change; the
// pointers to input and output are set for one call and cleared after it.

import CZlib
import VedetteEvent

/// Unpacks gzip, several members one after another.
///
/// What can be unpacked is given before an error is: a torn or damaged file is read as far as it
/// goes. Zeros behind a member are padding; anything else that is no member is counted as garbage.
@safe final class Decompressor {
  private enum State {
    case inMember, betweenMembers, afterFirstMagic, inGarbage
  }

  private static let magic: [UInt8] = [0x1f, 0x8b]
  /// Below this a small file may well be all zeros.
  private static let ratioFreeBytes = 1 << 20

  private let stream: UnsafeMutablePointer<z_stream>
  private var state = State.betweenMembers
  private var failure: IngestError.Problem?
  private var garbageBytes: Int64 = 0

  init() throws(IngestError.Problem) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 16 asks for gzip's header and checks, 15 for the largest window.
    let code = unsafe inflateInit2_(
      stream,
      15 + 16,
      ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size)
    )
    guard code == Z_OK else { throw .corrupt("zlib error \(code)") }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Unpacks from `input` into `output`, and moves `range` to what is left of the input.
  ///
  /// Returns the number of bytes put out. It is 0 only if more input is needed.
  func decompress(
    _ input: [UInt8],
    _ range: inout Range<Int>,
    into output: inout [UInt8]
  ) throws(IngestError.Problem) -> Int {
    if let failure { throw failure }
    var produced = 0
    while !range.isEmpty, produced < output.count, failure == nil {
      switch state {
      case .inMember:
        produced += inflate(input, &range, into: &output, from: produced)
      case .betweenMembers, .afterFirstMagic:
        readBetween(input[range.lowerBound])
        range = range.lowerBound + 1..<range.upperBound
      case .inGarbage:
        garbageBytes &+= Int64(range.count)
        range = range.upperBound..<range.upperBound
      }
    }
    if produced == 0, let failure { throw failure }
    return produced
  }

  /// Returns what is wrong if the input ends here.
  func problemAtEnd() -> IngestError.Problem? {
    if let failure { return failure }
    switch state {
    case .inMember: return .truncated
    case .betweenMembers: return nil
    case .afterFirstMagic: return .trailingGarbage(bytes: 1)
    case .inGarbage: return .trailingGarbage(bytes: garbageBytes)
    }
  }

  private func readBetween(_ byte: UInt8) {
    switch (state, byte) {
    case (.afterFirstMagic, Self.magic[1]):
      state = .inMember
      unsafe inflateReset(stream)
      var none: [UInt8] = []
      var magic = 0..<Self.magic.count
      _ = inflate(Self.magic, &magic, into: &none, from: 0)
    case (.afterFirstMagic, _):
      garbageBytes = 2
      state = .inGarbage
    case (_, Self.magic[0]):
      state = .afterFirstMagic
    case (_, 0):
      break
    default:
      garbageBytes = 1
      state = .inGarbage
    }
  }

  private func inflate(
    _ input: [UInt8],
    _ range: inout Range<Int>,
    into output: inout [UInt8],
    from start: Int
  ) -> Int {
    let (code, consumed, produced) = callInflate(input, range, into: &output, from: start)
    range = range.lowerBound + consumed..<range.upperBound
    switch code {
    case Z_OK, Z_BUF_ERROR:
      let (given, taken) = unsafe (stream.pointee.total_out, stream.pointee.total_in)
      if given > Self.ratioFreeBytes, given / UInt(Limits.inflationRatioMax) > taken {
        failure = .inflationRatioExceeded
      }
    case Z_STREAM_END:
      state = .betweenMembers
    default:
      let message = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
      failure = .corrupt(message ?? "zlib error \(code)")
    }
    return produced
  }

  private func callInflate(
    _ input: [UInt8],
    _ range: Range<Int>,
    into output: inout [UInt8],
    from start: Int
  ) -> (code: Int32, consumed: Int, produced: Int) {
    unsafe input.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        let from = unsafe UnsafeBufferPointer(rebasing: source[range])
        let room = unsafe UnsafeMutableBufferPointer(rebasing: target[start...])
        // zlib wants an address also for no room; the stream's own is never written to then.
        let spare = unsafe UnsafeMutableRawPointer(stream).assumingMemoryBound(to: UInt8.self)
        // zlib reads its input only; the type it declares merely lacks the `const`.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: from.baseAddress)
        unsafe stream.pointee.avail_in = UInt32(clamping: from.count)
        unsafe stream.pointee.next_out = room.baseAddress ?? spare
        unsafe stream.pointee.avail_out = UInt32(clamping: room.count)
        let code = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        let consumed = unsafe from.count - Int(stream.pointee.avail_in)
        let produced = unsafe room.count - Int(stream.pointee.avail_out)
        unsafe stream.pointee.next_in = nil
        unsafe stream.pointee.next_out = nil
        return (code, consumed, produced)
      }
    }
  }
}
