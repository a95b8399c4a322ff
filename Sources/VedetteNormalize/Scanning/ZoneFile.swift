// TZif, RFC 9636.
//
//   file   = header data(32-bit times) [header data(64-bit times) "\n" rule "\n"]
//   header = "TZif" version(1) unused(15) isutcnt isstdcnt leapcnt timecnt typecnt charcnt (4 each)
//   data   = times(timecnt) typeIndices(timecnt) types(typecnt: offset 4, isDST 1, name 1)
//            names(charcnt) leapSeconds(leapcnt) isstd(isstdcnt) isut(isutcnt)
//
// Every number comes from a file that may be anything, so each is checked before it is an index.

enum ZoneFile {
  /// Reads a zone.
  ///
  /// - Parameter bytes: The file.
  /// - Returns: The zone, or `nil` if the file is not of the form above.
  static func parse(_ bytes: Span<UInt8>) -> TimeZoneTable? {
    guard let first = Header(bytes, at: 0) else { return nil }
    guard first.version > 0 else {
      return table(bytes, first, timeSize: 4, rule: nil)
    }
    guard let second = Header(bytes, at: first.end(timeSize: 4)) else { return nil }
    let ruleStart = second.end(timeSize: 8) + 1
    guard ruleStart <= bytes.count, bytes[ruleStart - 1] == UInt8(ascii: "\n") else { return nil }
    let ruleEnd = bytes.first(UInt8(ascii: "\n"), ruleStart..<bytes.count) ?? bytes.count
    let text = String(copying: bytes, ruleStart..<ruleEnd)
    guard !text.isEmpty else { return table(bytes, second, timeSize: 8, rule: nil) }
    guard let rule = ZoneRule(text) else { return nil }
    return table(bytes, second, timeSize: 8, rule: rule)
  }

  private static func table(
    _ bytes: Span<UInt8>,
    _ header: Header,
    timeSize: Int,
    rule: ZoneRule?
  ) -> TimeZoneTable? {
    guard header.end(timeSize: timeSize) <= bytes.count, header.typeCount > 0 else { return nil }
    let indexStart = header.dataStart + header.timeCount * timeSize
    let typeStart = indexStart + header.timeCount
    func offset(_ type: Int) -> Int? {
      guard type < header.typeCount else { return nil }
      let offset = Int(bytes.bigEndian(typeStart + type * 6, size: 4))
      return abs(offset) <= 86_400 * 2 ? offset : nil
    }
    guard let firstOffset = offset(0) else { return nil }
    var changes: [TimeZoneTable.Change] = []
    changes.reserveCapacity(header.timeCount)
    for index in 0..<header.timeCount {
      let seconds = bytes.bigEndian(header.dataStart + index * timeSize, size: timeSize)
      guard let offset = offset(Int(bytes[indexStart + index])) else { return nil }
      // A first entry at the beginning of time says only what was before.
      let held = min(max(seconds, -secondsMax), secondsMax)
      if let last = changes.last, held <= last.utcSeconds { return nil }
      changes.append(TimeZoneTable.Change(utcSeconds: held, offset: offset))
    }
    if let rule { changes += rule.changes(after: changes.last?.utcSeconds ?? -secondsMax) }
    let isRuleAll = header.timeCount == 0 && rule != nil
    return TimeZoneTable(
      firstOffset: isRuleAll ? rule?.standardOffset ?? firstOffset : firstOffset,
      changes: changes
    )
  }

  /// The years that an event time can have, in seconds.
  private static let secondsMax: Int64 = 9_300_000_000

  private struct Header {
    let version: UInt8
    let timeCount: Int
    let typeCount: Int
    let dataStart: Int
    private let isUTCCount: Int
    private let isStandardCount: Int
    private let leapCount: Int
    private let nameBytes: Int

    init?(_ bytes: Span<UInt8>, at start: Int) {
      guard start + 44 <= bytes.count, bytes.hasPrefix("TZif", start..<bytes.count) else {
        return nil
      }
      var counts: [Int] = []
      for index in 0..<6 {
        let count = bytes.bigEndian(start + 20 + index * 4, size: 4)
        guard (0...100_000).contains(count) else { return nil }
        counts.append(Int(count))
      }
      version = bytes[start + 4]
      isUTCCount = counts[0]
      isStandardCount = counts[1]
      leapCount = counts[2]
      timeCount = counts[3]
      typeCount = counts[4]
      nameBytes = counts[5]
      dataStart = start + 44
    }

    func end(timeSize: Int) -> Int {
      dataStart + timeCount * (timeSize + 1) + typeCount * 6 + nameBytes
        + leapCount * (timeSize + 4) + isStandardCount + isUTCCount
    }
  }
}

extension Span<UInt8> {
  /// The signed number of so many bytes at a place, the highest first.
  fileprivate func bigEndian(_ start: Int, size: Int) -> Int64 {
    var value: UInt64 = 0
    for index in start..<start + size { value = value << 8 | UInt64(self[index]) }
    return size == 4
      ? Int64(Int32(truncatingIfNeeded: value)) : Int64(truncatingIfNeeded: value)
  }
}

extension String {
  /// The text of a range of bytes, with what is not UTF-8 repaired.
  init(copying bytes: Span<UInt8>, _ range: Range<Int>) {
    // Safety: the pointer is used only inside the call.
    self = unsafe bytes.extracting(range).withUnsafeBufferPointer { buffer in
      unsafe String(decoding: buffer, as: UTF8.self)
    }
  }
}
