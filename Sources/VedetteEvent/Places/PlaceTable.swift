/// Where addresses are: a table of one's own networks, and behind it a ``MaxMindFile``.
///
/// Immutable and shared: a file may have a hundred megabytes.
public final class PlaceTable: Sendable {
  /// A network of the table.
  public struct Network: Sendable, Hashable {
    /// The addresses.
    public var block: CIDRBlock
    /// Where they are; absent where the table says no coordinates.
    public var place: Place?

    /// Creates a network.
    ///
    /// - Parameters:
    ///   - block: The addresses.
    ///   - place: Where they are.
    public init(block: CIDRBlock, place: Place?) {
      self.block = block
      self.place = place
    }
  }

  /// The most networks of a table.
  public static let networkCountMax = 1 << 20

  /// What it was read from, for people.
  public let names: [String]
  private let file: MaxMindFile?
  private let places: [CIDRBlock: Place]
  /// The lengths of prefixes that occur, longest first.
  private let lengths: [Int]
  private let longLengths: [Int]

  /// Creates a table.
  ///
  /// - Parameters:
  ///   - names: What it was read from, for people.
  ///   - file: What is asked last.
  ///   - networks: What is asked first: the longest prefix counts, of equal ones the last. Those
  ///     without a place are left out.
  public init(names: [String], file: MaxMindFile?, networks: [Network]) {
    self.names = names
    self.file = file
    var places: [CIDRBlock: Place] = [:]
    for network in networks {
      if let place = network.place { places[network.block] = place }
    }
    self.places = places
    func lengths(isIPv4: Bool) -> [Int] {
      Set(places.keys.filter { $0.base.isIPv4 == isIPv4 }.map(\.prefixLength)).sorted(by: >)
    }
    self.lengths = lengths(isIPv4: true)
    longLengths = lengths(isIPv4: false)
  }

  /// The number of networks with a place.
  public var networkCount: Int { places.count }

  /// Finds where an address is.
  ///
  /// - Parameter text: The address as a log writes it.
  /// - Returns: The place, or `nil` if no table knows it.
  public func place(of text: String) -> Place? {
    IPAddress(text).flatMap(place(of:))
  }

  /// Finds where an address is.
  ///
  /// - Parameter address: The address.
  /// - Returns: The place, or `nil` if no table knows it.
  /// - Complexity: O(*n*) in the different lengths of prefixes, at most 162.
  public func place(of address: IPAddress) -> Place? {
    for length in address.isIPv4 ? lengths : longLengths {
      if let place = places[address.network(prefixLength: length)] { return place }
    }
    return file?.place(of: address)
  }
}

extension PlaceTable: Hashable {
  /// Whether two tables are the same one.
  ///
  /// - Parameters:
  ///   - lhs: A table.
  ///   - rhs: Another.
  /// - Returns: Whether they are the same.
  public static func == (lhs: PlaceTable, rhs: PlaceTable) -> Bool { lhs === rhs }

  /// Hashes which table it is.
  ///
  /// - Parameter hasher: The hasher.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
