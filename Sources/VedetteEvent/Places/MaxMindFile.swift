/// Where addresses are, in a file of the MaxMind DB format, version 2.
///
/// The format is public: a binary tree over the bits of addresses, then the records that its leaves
/// point to, then a description of both. Every offset is checked where it is used and a record is
/// read with a limited number of steps, so a file that lies costs no more than an honest one.
public struct MaxMindFile: Sendable {
  /// The most bytes of such a file.
  public static let byteCountMax = 512 << 20
  /// What the description begins with.
  private static let mark: [UInt8] = [0xab, 0xcd, 0xef] + Array("MaxMind.com".utf8)
  /// The description begins within so many bytes of the end.
  private static let descriptionBytesMax = 128 << 10
  /// Between the tree and the records.
  private static let separatorBytes = 16

  /// What the file calls its kind, as `GeoLite2-City`.
  public let kind: String
  private let bytes: [UInt8]
  private let nodeCount: Int
  private let recordBits: Int
  private let isIPv6: Bool
  private let data: Range<Int>
  /// Where the addresses of IPv4 begin in a tree of IPv6.
  private let firstIPv4: Int

  /// Reads the description of a file.
  ///
  /// - Parameter bytes: The whole file.
  /// - Throws: ``PlaceError`` if it is none, or of another version.
  public init(_ bytes: [UInt8]) throws(PlaceError) {
    guard bytes.count <= Self.byteCountMax else {
      throw PlaceError("over \(Self.byteCountMax >> 20) MiB")
    }
    guard let description = Self.description(in: bytes) else {
      throw PlaceError("no MaxMind DB file: its description is missing")
    }
    var reader = MaxMindReader(bytes, description..<bytes.count)
    func number(_ key: String) throws(PlaceError) -> Int {
      guard let place = reader.find([key], at: description), let number = reader.number(at: place),
        number >= 0, number < 1e15
      else { throw PlaceError("its description lacks '\(key)'") }
      return Int(number)
    }
    let version = try number("binary_format_major_version")
    guard version == 2 else { throw PlaceError("version \(version) of the format; 2 is read") }
    nodeCount = try number("node_count")
    recordBits = try number("record_size")
    let addressVersion = try number("ip_version")
    guard [24, 28, 32].contains(recordBits), [4, 6].contains(addressVersion), nodeCount > 0,
      nodeCount < bytes.count
    else { throw PlaceError("its description makes no sense") }
    let treeEnd = nodeCount * recordBits / 4
    guard treeEnd + Self.separatorBytes <= description - Self.mark.count else {
      throw PlaceError("it is cut: \(nodeCount) nodes don't fit")
    }
    isIPv6 = addressVersion == 6
    data = treeEnd + Self.separatorBytes..<description - Self.mark.count
    kind = reader.find(["database_type"], at: description).flatMap { reader.text(at: $0) } ?? ""
    self.bytes = bytes
    firstIPv4 = Self.firstIPv4(bytes, nodeCount, recordBits, isIPv6: isIPv6)
  }

  /// Finds where an address is.
  ///
  /// - Parameter address: The address.
  /// - Returns: The place, or `nil` if the file does not know it or says no coordinates.
  /// - Complexity: O(1): a step for each bit of the address, and at most 4,096 for its record.
  public func place(of address: IPAddress) -> Place? {
    guard let record = record(of: address) else { return nil }
    var reader = MaxMindReader(bytes, data)
    func number(_ path: [String]) -> Double? {
      reader.find(path, at: record).flatMap { reader.number(at: $0) }
    }
    func text(_ path: [String]) -> String? {
      reader.find(path, at: record).flatMap { reader.text(at: $0) }
    }
    guard let latitude = number(["location", "latitude"]),
      let longitude = number(["location", "longitude"])
    else { return nil }
    return Place(
      latitude: latitude,
      longitude: longitude,
      accuracyKilometres: number(["location", "accuracy_radius"]),
      country: text(["country", "iso_code"]) ?? text(["registered_country", "iso_code"]),
      name: text(["city", "names", "en"])
    )
  }

  /// Where the record of an address begins.
  private func record(of address: IPAddress) -> Int? {
    guard address.isIPv4 || isIPv6 else { return nil }
    var node = address.isIPv4 ? firstIPv4 : 0
    for bit in 0..<address.bitWidth where node < nodeCount {
      node = Self.child(bytes, node, recordBits, isRight: address.bit(bit))
    }
    guard node > nodeCount else { return nil }
    let place = data.lowerBound + node - nodeCount - Self.separatorBytes
    return data.contains(place) ? place : nil
  }

  private static func firstIPv4(
    _ bytes: [UInt8],
    _ nodeCount: Int,
    _ recordBits: Int,
    isIPv6: Bool
  ) -> Int {
    guard isIPv6 else { return 0 }
    var node = 0
    for _ in 0..<96 where node < nodeCount {
      node = child(bytes, node, recordBits, isRight: false)
    }
    return node
  }

  /// One of the two records of a node below the number of nodes.
  private static func child(
    _ bytes: [UInt8],
    _ node: Int,
    _ recordBits: Int,
    isRight: Bool
  ) -> Int {
    let start = node * recordBits / 4
    func number(_ first: Int, _ count: Int) -> Int {
      var number = 0
      for index in first..<first + count { number = number << 8 | Int(bytes[start + index]) }
      return number
    }
    switch recordBits {
    case 24: return number(isRight ? 3 : 0, 3)
    case 28:
      let middle = Int(bytes[start + 3])
      return isRight ? (middle & 15) << 24 | number(4, 3) : (middle >> 4) << 24 | number(0, 3)
    default: return number(isRight ? 4 : 0, 4)
    }
  }

  /// Where the description begins, after its mark: the last there is.
  private static func description(in bytes: [UInt8]) -> Int? {
    let last = bytes.count - mark.count
    guard last >= 0 else { return nil }
    for start in stride(from: last, through: max(0, last - descriptionBytesMax), by: -1)
    where bytes[start] == mark[0] && bytes[start..<start + mark.count].elementsEqual(mark) {
      return start + mark.count
    }
    return nil
  }
}

extension IPAddress {
  /// A bit, the highest first.
  fileprivate func bit(_ index: Int) -> Bool {
    let place = bitWidth - 1 - index
    return (place < 64 ? low >> UInt64(place) : high >> UInt64(place - 64)) & 1 == 1
  }
}

/// Why a table of places can't be used.
public struct PlaceError: Error, Hashable, CustomStringConvertible {
  /// What is wrong with it.
  public let description: String

  /// Creates an error.
  ///
  /// - Parameter description: What is wrong.
  public init(_ description: String) { self.description = description }
}
