import Testing
import VedetteEvent

@testable import VedetteNormalize

@Suite("Times in JSON")
struct JSONTimeTests {
  static let cases: [(text: String, time: String)] = [
    ("2026-03-02T10:14:07Z", "2026-03-02T10:14:07Z"),
    ("2026-03-02T10:14:07.12Z", "2026-03-02T10:14:07.120Z"),
    ("2024-05-24T12:23:02.4350000Z", "2024-05-24T12:23:02.435Z"),
    ("2026-03-02T10:14:07.123456789123Z", "2026-03-02T10:14:07.123456789Z"),
    ("2026-03-02T12:14:07+02:00", "2026-03-02T10:14:07Z"),
    ("2026-03-02T12:14:07+0200", "2026-03-02T10:14:07Z"),
    ("2026-03-02T05:44:07-04:30", "2026-03-02T10:14:07Z"),
    ("2026-03-02 10:14:07 UTC", "2026-03-02T10:14:07Z"),
    ("2026-03-02 10:14:07,250 +0000", "2026-03-02T10:14:07.250Z"),
    ("2026-03-02T10:14Z", "2026-03-02T10:14:00Z"),
    ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
    ("1772446447", "2026-03-02T10:14:07Z"),
    ("1772446447.1", "2026-03-02T10:14:07.100Z"),
    ("1767225600.1", "2026-01-01T00:00:00.100Z"),
    ("1588317835.352451", "2020-05-01T07:23:55.352451Z"),
    ("1772446447123", "2026-03-02T10:14:07.123Z"),
    ("1772446447123.5", "2026-03-02T10:14:07.123500Z"),
    ("1772446447123456", "2026-03-02T10:14:07.123456Z"),
    ("1772446447123456789", "2026-03-02T10:14:07.123456789Z"),
    ("0", "1970-01-01T00:00:00Z"),
    ("-1.5", "1969-12-31T23:59:58.500Z"),
    ("14.11.2023 10:00:00 UTC", "2023-11-14T10:00:00Z"),
    ("1.2.2026 09:05 +0100", "2026-02-01T08:05:00Z"),
    ("31.12.2025, 23:59:59.5 Z", "2025-12-31T23:59:59.500Z"),
    ("/Date(1772446447123)/", "2026-03-02T10:14:07.123Z"),
    ("/Date(1772446447123+0200)/", "2026-03-02T10:14:07.123Z"),
  ]

  @Test("reads", arguments: cases)
  func reads(_ example: (text: String, time: String)) {
    let read = JSONTime(example.text.utf8.span)
    #expect(read.map { "\($0.time)" } == example.time)
    #expect(read?.lacksZone == false)
  }

  static let refused = [
    "", "-", "yesterday", "2026-02-30T10:14:07Z", "2026-03-02T25:14:07Z", "2026-03-02T10:14:07ZZ",
    "2026-03-02T10:14:07+25:00", "2026-03-02T10:14:07.Z", "9999999999999999999999", "1e9", "1.2.3",
    "14.13.2023 10:00:00", "14.11.23 10:00:00", "14.11.2023", "14.11.2023 10", "1.2.3.4 10:00:00",
    "14.11.2023 10:00:00 +25:00",
    "9999-12-31T00:00:00Z", "/Date()/", "/Date(x)/", "2026-03-02", "0x10", "99999999999",
  ]

  @Test("refuses what is no time, or none that can be kept", arguments: refused)
  func refuses(_ text: String) {
    #expect(JSONTime(text.utf8.span) == nil)
  }

  @Test("knows when a zone is missing and asks the source for it")
  func zone() {
    #expect(JSONTime("2026-03-02 10:14:07".utf8.span)?.lacksZone == true)
    let context = ReadContext(
      zone: { _ in 3_600 },
      contentHash: { _ in "" },
      secretHash: { _ in "" }
    )
    #expect(context.time("2026-03-02 10:14:07".utf8.span).map { "\($0)" } == "2026-03-02T09:14:07Z")
    #expect(
      context.time("2026-03-02T10:14:07Z".utf8.span).map { "\($0)" } == "2026-03-02T10:14:07Z"
    )
  }
}

@Suite("Addresses")
struct AddressTextTests {
  static let ipv6: [(text: String, address: String?)] = [
    ("2001:DB8::1", "2001:db8::1"), ("2001:0db8:0:0:0:0:0:1", "2001:db8::1"), ("::", "::"),
    ("::1", "::1"), ("1::", "1::"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"),
    ("fe80::1%eth0", "fe80::1"), ("::ffff:192.0.2.1", "192.0.2.1"),
    ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
    ("1:2:3:4:5:6:7", nil), ("1:2:3:4:5:6:7:8:9", nil), ("1::2::3", nil), (":::", nil),
    ("12345::", nil), ("g::", nil), (":1", nil), ("1:", nil), ("", nil), ("host", nil),
    ("1:2:3:4:5:6:7:8::", nil), ("::1.2.3", nil),
  ]

  @Test("writes IPv6 in one way", arguments: ipv6)
  func writes(_ example: (text: String, address: String?)) {
    #expect(AddressText.ipv6(example.text.utf8.span) == example.address)
  }

  @Test("knows IPv4")
  func ipv4() {
    for good in ["0.0.0.0", "255.255.255.255", "10.0.4.7"] {
      let isAddress = AddressText.isIPv4(good.utf8.span)
      #expect(isAddress, "\(good)")
    }
    for bad in [
      "", "1.2.3", "256.1.1.1", "01.2.3.4", "1.2.3.4.5", "1..2.3", "81.2.69.***", "1.2.3.4 ",
    ] {
      let isAddress = AddressText.isIPv4(bad.utf8.span)
      #expect(!isAddress, "\(bad)")
    }
  }
}
