/// Reads values out of the records of a ``MaxMindFile``.
///
/// A value is a control byte with type and size, then its bytes. Pointers stand for values elsewhere
/// in the same section; one may not lead to another. Nothing here recurses, and all steps of one
/// reader are counted.
struct MaxMindReader {
  private enum Kind: UInt8 {
    case pointer = 1
    case text = 2
    case double = 3
    case bytes = 4
    case uint16 = 5
    case uint32 = 6
    case map = 7
    case int32 = 8
    case uint64 = 9
    case uint128 = 10
    case array = 11
    case boolean = 14
    case float = 15
  }

  private struct Header {
    var kind: Kind
    /// Bytes of a value, entries of a map or array; of a pointer where it leads.
    var size: Int
    /// What comes after the header.
    var next: Int
  }

  private static let stepsMax = 4_096

  private let bytes: [UInt8]
  private let section: Range<Int>
  private var stepsLeft = stepsMax

  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - section: Where values are; pointers count from its beginning.
  init(_ bytes: [UInt8], _ section: Range<Int>) {
    self.bytes = bytes
    self.section = section
  }

  /// Finds a value in maps inside maps.
  ///
  /// - Parameters:
  ///   - path: The keys, outermost first.
  ///   - place: Where the outermost map begins.
  /// - Returns: Where the value begins, or `nil` if there is none.
  mutating func find(_ path: [String], at place: Int) -> Int? {
    var place = place
    for key in path {
      guard let found = entry(key, ofMapAt: place) else { return nil }
      place = found
    }
    return place
  }

  /// Reads a number of any type.
  mutating func number(at place: Int) -> Double? {
    guard let header = resolved(at: place) else { return nil }
    switch header.kind {
    case .double:
      guard let bits = integer(header, count: 8) else { return nil }
      return Double(bitPattern: bits)
    case .float:
      guard let bits = integer(header, count: 4) else { return nil }
      return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .int32:
      guard header.size <= 4, let bits = integer(header, count: header.size) else { return nil }
      // Only a value with all of its bytes can be negative.
      return header.size == 4
        ? Double(Int32(truncatingIfNeeded: bits)) : Double(bits)
    case .uint16, .uint32, .uint64:
      guard header.size <= 8, let bits = integer(header, count: header.size) else { return nil }
      return Double(bits)
    default: return nil
    }
  }

  /// Reads a text.
  mutating func text(at place: Int) -> String? {
    guard let header = resolved(at: place), header.kind == .text,
      let range = range(header)
    else { return nil }
    return String(decoding: bytes[range].prefix(256), as: UTF8.self)
  }

  private mutating func entry(_ key: String, ofMapAt place: Int) -> Int? {
    guard let map = resolved(at: place), map.kind == .map else { return nil }
    var place = map.next
    for _ in 0..<map.size {
      guard let name = resolved(at: place), name.kind == .text, let range = range(name),
        let value = end(ofValueAt: place)
      else { return nil }
      if bytes[range].elementsEqual(key.utf8) { return value }
      guard let next = end(ofValueAt: value) else { return nil }
      place = next
    }
    return nil
  }

  /// The header at a place, or of what a pointer there leads to.
  private mutating func resolved(at place: Int) -> Header? {
    guard let header = header(at: place) else { return nil }
    guard header.kind == .pointer else { return header }
    guard let target = self.header(at: header.size), target.kind != .pointer else { return nil }
    return target
  }

  /// Where a value ends; what a pointer leads to is not part of it.
  private mutating func end(ofValueAt place: Int) -> Int? {
    var place = place
    var left = 1
    while left > 0 {
      left -= 1
      guard let header = header(at: place) else { return nil }
      place = header.next
      switch header.kind {
      case .pointer, .boolean: break
      case .map: left += 2 * header.size
      case .array: left += header.size
      default:
        guard let range = range(header) else { return nil }
        place = range.upperBound
      }
    }
    return place
  }

  private func range(_ header: Header) -> Range<Int>? {
    let end = header.next + header.size
    return end <= section.upperBound ? header.next..<end : nil
  }

  private func integer(_ header: Header, count: Int) -> UInt64? {
    guard header.size == count, count <= 8, let range = range(header) else { return nil }
    return bytes[range].reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func header(at place: Int) -> Header? {
    stepsLeft -= 1
    guard stepsLeft >= 0, section.contains(place) else { return nil }
    let control = bytes[place]
    var next = place + 1
    func number(_ count: Int) -> Int? {
      guard next + count <= section.upperBound else { return nil }
      defer { next += count }
      return bytes[next..<next + count].reduce(0) { $0 << 8 | Int($1) }
    }
    if control >> 5 == Kind.pointer.rawValue {
      let count = Int(control >> 3 & 3) + 1
      guard let low = number(count) else { return nil }
      let high = count == 4 ? 0 : Int(control & 7) << (8 * count)
      let offset = (high | low) + [0, 2_048, 526_336, 0][count - 1]
      return Header(kind: .pointer, size: section.lowerBound + offset, next: next)
    }
    var code = control >> 5
    if code == 0 {
      guard let extended = number(1), extended <= 8 else { return nil }
      code = UInt8(extended) + 7
    }
    guard let kind = Kind(rawValue: code) else { return nil }
    var size = Int(control & 31)
    if size >= 29 {
      let count = size - 28
      guard let more = number(count) else { return nil }
      size = [29, 285, 65_821][count - 1] + more
    }
    return Header(kind: kind, size: size, next: next)
  }
}
