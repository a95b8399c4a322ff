import Testing

@testable import VedetteRules

@Suite("Case folding")
struct CaseFoldingTests {
  /// The simple case mappings the standard library knows, but those of the Turkish letters.
  private static func mappings(of scalar: Unicode.Scalar) -> [UInt32] {
    guard scalar.value != 0x130, scalar.value != 0x131 else { return [] }
    let properties = scalar.properties
    return [
      properties.lowercaseMapping, properties.uppercaseMapping, properties.titlecaseMapping,
    ].compactMap { text in
      let scalars = text.unicodeScalars
      guard let first = scalars.first, scalars.count == 1, first != scalar else { return nil }
      return first.value
    }
  }

  @Test("holds every simple case mapping of Unicode")
  func mappings() {
    var checkedCount = 0
    for value in UInt32(0)...0x1FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let others = Self.mappings(of: scalar)
      guard !others.isEmpty else { continue }
      let set = ScalarSet(scalar: value).closedOverCase()
      for other in others {
        checkedCount += 1
        #expect(set.contains(other) && set.contains(value), "U+\(String(value, radix: 16))")
      }
    }
    #expect(checkedCount > 2_800)
  }

  @Test("scalars that fold together all bring each other")
  func closed() {
    for row in stride(from: 0, to: caseFoldingRuns.count, by: 4) {
      let first = UInt32(caseFoldingRuns[row])
      let set = ScalarSet(scalar: first).closedOverCase()
      #expect(set != ScalarSet(scalar: first))
      for member in set.ranges.joined() {
        #expect(ScalarSet(scalar: member).closedOverCase() == set)
      }
    }
  }

  @Test("a range brings what its members bring")
  func ranges() {
    for (lower, upper) in [(0x41, 0x7A), (0xC0, 0x17F), (0x370, 0x4FF), (0x1E00, 0x1FFF)] {
      let range = UInt32(lower)...UInt32(upper)
      let members = range.map { ScalarSet(scalar: $0).closedOverCase() }
      #expect(ScalarSet([range]).closedOverCase() == ScalarSet.union(members))
    }
  }

  @Test("stray bytes have no case")
  func strayBytes() {
    #expect(ScalarSet.all.closedOverCase() == .all)
    #expect(ScalarSet(scalar: 0x61).inverted().closedOverCase() == .all)
    #expect(!ScalarSet.digits.closedOverCase().includesStrayBytes)
  }
}
