public import VedetteEvent

/// What a zone adds to UTC, at any time.
///
/// A zone is a list of changes, read once: those of its file (TZif, RFC 9636) and those that the
/// file's rule for the future makes up to the end of ``VedetteEvent/EventTime``. A look-up is a
/// binary search.
///
/// A local time that a change repeats (clocks go back) is taken for the first of the two; one that
/// a change skips (clocks go forward) is taken as if the change had not come yet. In both cases
/// that is the offset before the change, so a clock that was not yet changed reads right.
public struct TimeZoneTable: Sendable, Hashable {
  /// A change of the offset.
  struct Change: Sendable, Hashable {
    /// When it takes effect, in seconds since 1970 UTC.
    var utcSeconds: Int64
    /// What the zone adds to UTC from then on, in seconds.
    var offset: Int
  }

  /// UTC.
  public static let utc = TimeZoneTable(fixedOffset: 0)

  private let firstOffset: Int
  private let utcChanges: [Int64]
  private let localChanges: [Int64]
  private let offsets: [Int]

  /// Creates a zone that never changes.
  ///
  /// - Parameter seconds: What it adds to UTC, in seconds.
  public init(fixedOffset seconds: Int) {
    self.init(firstOffset: seconds, changes: [])
  }

  /// Creates a zone from its changes.
  ///
  /// - Parameters:
  ///   - firstOffset: The offset before the first change.
  ///   - changes: The changes by time.
  init(firstOffset: Int, changes: [Change]) {
    self.firstOffset = firstOffset
    utcChanges = changes.map(\.utcSeconds)
    offsets = changes.map(\.offset)
    var before = firstOffset
    localChanges = changes.map { change in
      defer { before = change.offset }
      return change.utcSeconds + Int64(max(before, change.offset))
    }
  }

  /// Reads a zone by its name.
  ///
  /// - Parameters:
  ///   - name: An IANA name (`Europe/Berlin`), `UTC`, `Z`, or a fixed offset (`+02:00`, `-0330`).
  ///   - directory: Where the zone files are.
  /// - Throws: ``TimeZoneError`` if there is no such zone or its file can't be read.
  public init(
    named name: String,
    directory: String = "/usr/share/zoneinfo"
  ) throws(TimeZoneError) {
    if let offset = Self.fixedOffset(name) {
      self.init(fixedOffset: offset)
      return
    }
    guard Self.isSafe(name) else {
      throw TimeZoneError(name: name, problem: .unknown(suggestion: nil))
    }
    guard let bytes = readSmallFile("\(directory)/\(name)", bytesMax: Limits.zoneFileBytesMax)
    else {
      let suggestion = ZoneNames(directory: directory).nearest(to: name)
      throw TimeZoneError(name: name, problem: .unknown(suggestion: suggestion))
    }
    guard let zone = ZoneFile.parse(bytes.span) else {
      throw TimeZoneError(name: name, problem: .unreadable(path: "\(directory)/\(name)"))
    }
    self = zone
  }

  /// Returns what the zone adds to UTC at a time, in seconds.
  ///
  /// - Parameter time: A time in UTC.
  /// - Returns: Seconds east of UTC.
  public func offsetSeconds(at time: EventTime) -> Int {
    offset(seconds(time), in: utcChanges)
  }

  /// Returns what the zone adds to UTC at a local time, in seconds.
  ///
  /// - Parameter local: The local time, as if it were UTC.
  /// - Returns: Seconds east of UTC; at a repeated or skipped time, those before the change.
  public func offsetSeconds(atLocal local: EventTime) -> Int {
    offset(seconds(local), in: localChanges)
  }

  private func seconds(_ time: EventTime) -> Int64 {
    time.floor(toMultipleOf: 1_000_000_000).nanosecondsSinceEpoch / 1_000_000_000
  }

  private func offset(_ seconds: Int64, in changes: [Int64]) -> Int {
    var low = 0
    var high = changes.count
    while low < high {
      let middle = (low + high) / 2
      if changes[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? firstOffset : offsets[low - 1]
  }

  /// The seconds of `UTC`, `GMT`, `Z`, `+02:00`, `+0200` or `+02`.
  private static func fixedOffset(_ name: String) -> Int? {
    if ["UTC", "GMT", "Z"].contains(name.uppercased()) { return 0 }
    let bytes = name.utf8.span
    guard let sign = bytes.isEmpty ? nil : bytes[0], sign == 0x2b || sign == 0x2d else {
      return nil
    }
    var cursor = FieldCursor(index: 0, end: bytes.count)
    guard let offset = cursor.offset(bytes), cursor.index == bytes.count else { return nil }
    return offset
  }

  /// Whether a name stays inside the folder of zones.
  private static func isSafe(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count) && name.utf8.first?.isLetter == true
      && name.utf8.allSatisfy {
        $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "_")
          || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+")
      }
  }
}

/// A reason why a zone can't be used.
public struct TimeZoneError: Error, Hashable, CustomStringConvertible {
  /// What can be wrong with a zone.
  public enum Problem: Sendable, Hashable {
    /// There is no zone of that name; the nearest that there is.
    case unknown(suggestion: String?)
    /// The zone's file is not of the form that it should be.
    case unreadable(path: String)
  }

  /// The name as it was given.
  public let name: String
  /// What is wrong.
  public let problem: Problem

  /// One line: what is wrong, and what to write instead.
  public var description: String {
    switch problem {
    case .unknown(let suggestion?): "no time zone '\(name)'; did you mean '\(suggestion)'?"
    case .unknown(nil):
      "no time zone '\(name)'; write 'UTC', an offset such as '+02:00' or a name such as "
        + "'Europe/Berlin' of an installed tzdata"
    case .unreadable(let path): "time zone '\(name)': '\(path)' is not a zone file"
    }
  }
}
