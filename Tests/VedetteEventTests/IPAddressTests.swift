import Testing
import VedetteEvent

@Suite("IP address")
struct IPAddressTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let normalized: String?
    var testDescription: String { "'\(text)'" }
  }

  static let cases: [Case] = [
    Case(text: "192.0.2.1", normalized: "192.0.2.1"),
    Case(text: "0.0.0.0", normalized: "0.0.0.0"),
    Case(text: "255.255.255.255", normalized: "255.255.255.255"),
    Case(text: "256.0.0.1", normalized: nil),
    Case(text: "1.2.3", normalized: nil),
    Case(text: "1.2.3.4.5", normalized: nil),
    Case(text: "01.2.3.4", normalized: nil),
    Case(text: "1..3.4", normalized: nil),
    Case(text: " 1.2.3.4", normalized: nil),
    Case(text: "1.2.3.4 ", normalized: nil),
    Case(text: "", normalized: nil),
    Case(text: "::", normalized: "::"),
    Case(text: "::1", normalized: "::1"),
    Case(text: "1::", normalized: "1::"),
    Case(text: "2001:0DB8:0000:0000:0000:0000:0002:0001", normalized: "2001:db8::2:1"),
    Case(text: "2001:db8:0:0:1:0:0:1", normalized: "2001:db8::1:0:0:1"),
    Case(text: "2001:db8:0:1:1:1:1:1", normalized: "2001:db8:0:1:1:1:1:1"),
    Case(text: "2001:db8::1:1:1:1:1", normalized: "2001:db8:0:1:1:1:1:1"),
    Case(text: "1:0:0:2:0:0:0:3", normalized: "1:0:0:2::3"),
    Case(text: "0:0:1::", normalized: "0:0:1::"),
    Case(text: "fe80::1%eth0", normalized: "fe80::1"),
    Case(text: "fe80::1%", normalized: nil),
    Case(text: "::ffff:192.0.2.1", normalized: "192.0.2.1"),
    Case(text: "::ffff:c000:201", normalized: "192.0.2.1"),
    Case(text: "64:ff9b::192.0.2.33", normalized: "64:ff9b::c000:221"),
    Case(text: "1:2:3:4:5:6:7.8.9.10", normalized: "1:2:3:4:5:6:708:90a"),
    Case(text: "1:2:3:4:5:6:7:8", normalized: "1:2:3:4:5:6:7:8"),
    Case(text: "1:2:3:4:5:6:7:8:9", normalized: nil),
    Case(text: "1:2:3:4:5:6:7::8", normalized: nil),
    Case(text: "1:2:3:4:5:6:7", normalized: nil),
    Case(text: "1::2::3", normalized: nil),
    Case(text: ":1:2:3:4:5:6:7", normalized: nil),
    Case(text: "1:2:3:4:5:6:7:", normalized: nil),
    Case(text: ":::", normalized: nil),
    Case(text: ":", normalized: nil),
    Case(text: "12345::", normalized: nil),
    Case(text: "g::", normalized: nil),
    Case(text: "::1.2.3.4.5", normalized: nil),
    Case(text: "::1.2.3.4:5", normalized: nil),
    Case(text: "[::1]", normalized: nil),
  ]

  @Test("has one text, per RFC 5952", arguments: cases)
  func normalizes(_ example: Case) {
    #expect(IPAddress(example.text)?.description == example.normalized)
  }

  @Test("its text reads back as the same address")
  func roundTrip() {
    var state: UInt64 = 1
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
    for _ in 0..<2_000 {
      // Zeroed groups make runs of every length and place.
      let keep = next()
      func thin(_ half: UInt64, _ shift: UInt64) -> UInt64 {
        (0..<4).reduce(half) { kept, group in
          keep >> (shift + UInt64(group)) & 1 == 1 ? kept : kept & ~(0xffff << UInt64(group * 16))
        }
      }
      let address = IPAddress(high: thin(next(), 0), low: thin(next(), 8))
      #expect(IPAddress(address.description) == address)
      let ipv4 = IPAddress(ipv4: UInt32(truncatingIfNeeded: next()))
      #expect(IPAddress(ipv4.description) == ipv4)
    }
  }

  @Test("orders IPv4 before IPv6, then by number")
  func order() {
    let texts = ["9.0.0.1", "10.0.0.0", "::", "::1", "1::", "f000::"]
    #expect(texts.compactMap { IPAddress($0) }.sorted().map(\.description) == texts)
  }
}

@Suite("CIDR block")
struct CIDRBlockTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let block: String
    let inside: [String]
    let outside: [String]
    var testDescription: String { block }
  }

  static let cases: [Case] = [
    Case(
      block: "10.0.0.0/8",
      inside: ["10.255.255.255", "10.0.0.0"],
      outside: ["11.0.0.0", "::"]
    ),
    Case(block: "10.1.2.3/8", inside: ["10.9.9.9"], outside: ["9.255.255.255"]),
    Case(block: "0.0.0.0/0", inside: ["255.255.255.255", "0.0.0.0"], outside: ["::1"]),
    Case(block: "192.0.2.1", inside: ["192.0.2.1"], outside: ["192.0.2.0", "192.0.2.2"]),
    Case(block: "192.0.2.1/32", inside: ["::ffff:192.0.2.1"], outside: ["192.0.2.3"]),
    Case(block: "::ffff:10.0.0.0/104", inside: ["10.2.3.4"], outside: ["11.2.3.4"]),
    Case(block: "2001:db8::/32", inside: ["2001:db8:ffff::1"], outside: ["2001:db9::", "1.2.3.4"]),
    Case(block: "::/0", inside: ["ffff::"], outside: ["1.2.3.4"]),
    Case(block: "1:2:3:4::/64", inside: ["1:2:3:4:f::"], outside: ["1:2:3:5::"]),
    Case(block: "1:2:3:4:8000::/65", inside: ["1:2:3:4:ffff::"], outside: ["1:2:3:4:7fff::"]),
    Case(block: "::8/128", inside: ["::8"], outside: ["::9"]),
  ]

  @Test("contains its addresses and no others", arguments: cases)
  func contains(_ example: Case) throws {
    let block = try #require(CIDRBlock(example.block))
    for text in example.inside { #expect(block.contains(try #require(IPAddress(text)))) }
    for text in example.outside { #expect(!block.contains(try #require(IPAddress(text)))) }
  }

  @Test(
    "what is not a network is refused",
    arguments: [
      "", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8/8", "x/8",
      "::ffff:10.0.0.0/8", "10.0.0.0/0x8",
    ]
  )
  func refuses(text: String) {
    #expect(CIDRBlock(text) == nil)
  }

  @Test("prints its first address")
  func description() throws {
    #expect(CIDRBlock("10.1.2.3/8")?.description == "10.0.0.0/8")
    let address = try #require(IPAddress("2001:db8:1:2::3"))
    #expect(address.network(prefixLength: 48).description == "2001:db8:1::/48")
    #expect(address.network(prefixLength: 500).prefixLength == 128)
  }
}
