import Testing
import VedetteEvent
import VedetteRules

@testable import Vedette

@Suite("Indicators")
struct IndicatorReaderTests {
  @Test(
    "indicators are told apart by what they look like",
    arguments: [
      ("203.0.113.9", "address 203.0.113.9"), ("203[.]0[.]113[.]9", "address 203.0.113.9"),
      ("2001:DB8::0:1", "address 2001:db8::1"), ("10.0.0.0/8", "network 10.0.0.0/8"),
      ("Evil.Example", "domain evil.example"), ("*.evil.example", "domain evil.example"),
      (String(repeating: "aB", count: 16), "hash \(String(repeating: "ab", count: 16))"),
      ("", nil), ("localhost", nil), ("a b.c", nil), ("http://evil.example/x", nil),
      ("10.0.0.0/40", nil), ("a..b", nil), (String(repeating: "a.", count: 200) + "b", nil),
    ] as [(String, String?)]
  )
  func kinds(text: String, expected: String?) {
    #expect(Indicator(text).map { "\($0.kind.rawValue) \($0.value)" } == expected)
  }

  @Test(
    "patterns are read where they compare one thing with values, and refused elsewhere",
    arguments: [
      ("[ipv4-addr:value = '1.2.3.4']", ["1.2.3.4"]),
      ("[ipv4-addr:value ISSUBSET '10.0.0.0/8']", ["10.0.0.0/8"]),
      (
        "[domain-name:value='a.example' OR domain-name:value = 'b.example']",
        [
          "a.example", "b.example",
        ]
      ),
      ("([ipv4-addr:value = '1.1.1.1'] OR [file:hashes.'SHA-256' = 'ab'])", ["1.1.1.1", "ab"]),
      ("[ipv4-addr:value = '1.2.3.4' AND domain-name:value = 'a']", nil),
      ("[url:value = 'http://a/']", nil), ("[ipv4-addr:value != '1.2.3.4']", nil),
      ("[ipv4-addr:value = '1.2.3.4'", nil), ("", nil), ("[]", nil), ("[ipv4-addr:value = '", nil),
    ] as [(String, [String]?)]
  )
  func patterns(text: String, values: [String]?) {
    #expect(STIXPattern.values(text) == values)
  }

  @Test("files of both forms give the same, and say what they left out")
  func files() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "feed.csv",
      "indicator,note\n203.0.113.9,\"a, b\"\n# none\nevil.example,\n???,\n203.0.113.9,\n"
    )
    let csv = try IndicatorReader.read(folder["feed.csv"], now: nil)
    #expect(csv.indicators.map(\.value) == ["203.0.113.9", "evil.example"])
    #expect((csv.name, csv.skippedCount, csv.endedCount) == ("feed", 1, 0))
    try folder.write("plain.csv", "203.0.113.9\nevil.example\n")
    let plain = try IndicatorReader.read(folder["plain.csv"], now: nil)
    #expect(plain.indicators == csv.indicators)
    try folder.write(
      "bundle.json",
      """
      {"type": "bundle", "objects": [
        {"type": "indicator", "pattern_type": "stix", "pattern": "[ipv4-addr:value = '203.0.113.9']"},
        {"type": "indicator", "pattern": "[domain-name:value = 'evil.example']",
         "valid_until": "2026-03-01T00:00:00Z"},
        {"type": "indicator", "pattern": "[ipv4-addr:value = '1.1.1.1']", "revoked": true},
        {"type": "indicator", "pattern_type": "snort", "pattern": "alert"},
        {"type": "malware", "name": "x"}
      ]}
      """
    )
    let bundle = try IndicatorReader.read(folder["bundle.json"], now: nil)
    #expect(bundle.indicators == csv.indicators)
    #expect((bundle.skippedCount, bundle.endedCount) == (1, 1))
    let later = try IndicatorReader.read(
      folder["bundle.json"],
      now: EventTime(rfc3339: "2026-03-01T00:00:00Z")
    )
    #expect(later.indicators.map(\.value) == ["203.0.113.9"])
    try folder.write("bad.json", "{\"objects\": 3}")
    #expect(throws: ConfigurationError.self) {
      try IndicatorReader.read(folder["bad.json"], now: nil)
    }
  }

  @Test("the rules of indicators can be used, in parts where there are many")
  func rules() throws {
    let folder = try TemporaryFolder()
    let addresses = (0..<20_001).map { "10.\($0 >> 16).\($0 >> 8 & 255).\($0 & 255)\n" }.joined()
    try folder.write(
      "feed.csv",
      addresses + "198.51.100.0/24\nevil.example\n\(String(repeating: "ab", count: 32))\n"
    )
    var configuration = PipelineConfiguration()
    configuration.usesBuiltInRules = false
    configuration.intelPaths = [folder["feed.csv"]]
    let (rules, errors, _) = RuleSource.load(configuration)
    #expect(errors.map(\.description) == [])
    #expect(rules.entries.count == 5)
    configuration.intelPaths = ["/no/such.csv"]
    #expect(RuleSource.load(configuration).errors.count == 1)
  }
}
