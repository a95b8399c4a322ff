import Testing
import VedetteFindings

@Suite("Finding id")
struct FindingIDTests {
  @Test("prints 32 hex digits and reads them back")
  func roundTrip() {
    let id = FindingID(high: 0x1, low: .max)
    #expect(id.hex == "0000000000000001ffffffffffffffff")
    #expect(FindingID(hex: id.hex) == id)
    #expect(FindingID(hex: "xyz") == nil)
    #expect(FindingID(hex: String(repeating: "g", count: 32)) == nil)
  }

  @Test("parts are hashed with their lengths")
  func parts() {
    let identifier = FindingIdentifier { bytes in
      (UInt64(bytes.count), bytes.reduce(0) { $0 &* 31 &+ UInt64($1) })
    }
    #expect(identifier.id(of: ["ab", "c"]) != identifier.id(of: ["a", "bc"]))
    #expect(identifier.id(of: ["a"], raw: [1]) != identifier.id(of: ["a"], raw: [2]))
  }
}
