import VedetteEvent

/// Networks that an address is looked up in: one look for each length of prefix that occurs, however
/// many networks there are.
struct NetworkTable: Sendable {
  /// The tests of each network, by its prefix's length and first address.
  private var tests: [Int: [IPAddress: [Int32]]] = [:]
  private var lengths: [Int] = []

  /// Whether there is none.
  var isEmpty: Bool { tests.isEmpty }

  /// Adds a network.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - test: The test that holds for its addresses.
  mutating func add(_ network: CIDRBlock, _ test: Int32) {
    // The two kinds of addresses have lengths of their own: ::/8 does not hold what 0.0.0.0/8 does.
    let length = network.prefixLength + (network.base.isIPv4 ? 0 : 64)
    if tests[length] == nil { lengths = (lengths + [length]).sorted() }
    tests[length, default: [:]][network.base, default: []].append(test)
  }

  /// Says which tests hold for an address.
  ///
  /// - Parameters:
  ///   - address: The address.
  ///   - body: Called with each test.
  /// - Complexity: O(lengths of prefixes), at most 162.
  func forEach(containing address: IPAddress, _ body: (Int32) -> Void) {
    for length in lengths {
      let own = length - (address.isIPv4 ? 0 : 64)
      guard own >= 0, own <= (address.isIPv4 ? 32 : 128) else { continue }
      let base = CIDRBlock(address, prefixLength: own).base
      for test in tests[length]?[base] ?? [] { body(test) }
    }
  }
}
