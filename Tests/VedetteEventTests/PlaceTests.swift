import Testing

@testable import VedetteEvent

/// Writes the format of MaxMind DB files, as its specification says.
struct MaxMindWriter {
  indirect enum Value {
    case text(String)
    case double(Double)
    case float(Float)
    case uint(UInt64, bytes: Int, code: UInt8)
    case int32(Int32)
    case map([(String, Value)])
    case array([Value])
    case boolean(Bool)
    case raw([UInt8])
  }

  var recordBits = 24
  var isIPv6 = true
  var networks: [(block: CIDRBlock, record: Value)] = []
  var version: UInt64 = 2

  static func city(
    _ latitude: Double,
    _ longitude: Double,
    _ name: String,
    _ country: String
  )
    -> Value
  {
    .map([
      (
        "city",
        .map([
          ("geoname_id", .uint(2_950_159, bytes: 4, code: 6)),
          ("names", .map([("de", .text("x" + name)), ("en", .text(name))])),
        ])
      ),
      ("traits", .array([.boolean(true), .float(1.5), .int32(-7)])),
      ("country", .map([("iso_code", .text(country))])),
      (
        "location",
        .map([
          ("accuracy_radius", .uint(100, bytes: 1, code: 5)),
          ("latitude", .double(latitude)), ("longitude", .double(longitude)),
        ])
      ),
    ])
  }

  func bytes() -> [UInt8] {
    var nodes: [[Int]] = [[-1, -1]]
    var data: [UInt8] = []
    for (block, record) in networks {
      let offset = data.count
      data += Self.encoded(record)
      let width = isIPv6 ? 128 : 32
      let skipped = isIPv6 && block.base.isIPv4 ? 96 : 0
      var node = 0
      let length = skipped + block.prefixLength
      for depth in 0..<length {
        let own = depth - skipped
        let isRight = own >= 0 && Self.bit(block.base, own)
        let side = isRight ? 1 : 0
        if depth == length - 1 {
          nodes[node][side] = -2 - offset
        } else {
          if nodes[node][side] < 0 {
            nodes.append([-1, -1])
            nodes[node][side] = nodes.count - 1
          }
          node = nodes[node][side]
        }
      }
      #expect(length <= width)
    }
    var tree: [UInt8] = []
    for node in nodes {
      let records = node.map { child in
        child >= 0 ? child : child == -1 ? nodes.count : nodes.count + 16 + (-2 - child)
      }
      tree += Self.node(records[0], records[1], recordBits)
    }
    let description = Value.map([
      ("binary_format_major_version", .uint(version, bytes: 2, code: 5)),
      ("node_count", .uint(UInt64(nodes.count), bytes: 4, code: 6)),
      ("record_size", .uint(UInt64(recordBits), bytes: 2, code: 5)),
      ("ip_version", .uint(isIPv6 ? 6 : 4, bytes: 2, code: 5)),
      ("database_type", .text("Test-City")),
    ])
    return tree + [UInt8](repeating: 0, count: 16) + data + [0xab, 0xcd, 0xef]
      + Array("MaxMind.com".utf8) + Self.encoded(description)
  }

  private static func bit(_ address: IPAddress, _ index: Int) -> Bool {
    let place = address.bitWidth - 1 - index
    return (place < 64 ? address.low >> UInt64(place) : address.high >> UInt64(place - 64)) & 1 == 1
  }

  private static func node(_ left: Int, _ right: Int, _ bits: Int) -> [UInt8] {
    func big(_ number: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - $0))) }
    }
    guard bits == 28 else { return big(left, bits / 8) + big(right, bits / 8) }
    return big(left & 0xff_ffff, 3) + [UInt8(left >> 24) << 4 | UInt8(right >> 24)]
      + big(right & 0xff_ffff, 3)
  }

  static func encoded(_ value: Value) -> [UInt8] {
    func big(_ number: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (count - 1 - $0))) }
    }
    func header(_ code: UInt8, _ size: Int) -> [UInt8] {
      let short = UInt8(min(size, 29))
      let control: [UInt8] = code > 7 ? [short, code - 7] : [code << 5 | short]
      return size < 29 ? control : control + [UInt8(size - 29)]
    }
    switch value {
    case .text(let text): return header(2, text.utf8.count) + Array(text.utf8)
    case .double(let number): return header(3, 8) + big(number.bitPattern, 8)
    case .float(let number): return header(15, 4) + big(UInt64(number.bitPattern), 4)
    case .uint(let number, let bytes, let code): return header(code, bytes) + big(number, bytes)
    case .int32(let number):
      return header(8, 4) + big(UInt64(UInt32(bitPattern: number)), 4)
    case .boolean(let flag): return header(14, flag ? 1 : 0)
    case .array(let values): return header(11, values.count) + values.flatMap(encoded)
    case .map(let entries):
      return header(7, entries.count)
        + entries.flatMap { encoded(.text($0.0)) + encoded($0.1) }
    case .raw(let bytes): return bytes
    }
  }
}

@Suite("Places")
struct PlaceTests {
  static func writer(_ bits: Int, isIPv6: Bool) throws -> MaxMindWriter {
    var writer = MaxMindWriter(recordBits: bits, isIPv6: isIPv6)
    func add(_ block: String, _ record: MaxMindWriter.Value) throws {
      writer.networks.append((try #require(CIDRBlock(block)), record))
    }
    try add("203.0.113.0/24", MaxMindWriter.city(52.5, 13.4, "Berlin", "DE"))
    try add("198.51.100.128/25", MaxMindWriter.city(-33.9, 151.2, "Sydney", "AU"))
    try add("192.0.2.1/32", .map([("country", .map([("iso_code", .text("FR"))]))]))
    if isIPv6 { try add("2001:db8::/32", MaxMindWriter.city(40.7, -74, "New York", "US")) }
    return writer
  }

  static let layouts = [24, 28, 32].flatMap { bits in [(bits, true), (bits, false)] }

  @Test("every layout of the tree finds what was written", arguments: layouts)
  func lookup(bits: Int, isIPv6: Bool) throws {
    let file = try MaxMindFile(Self.writer(bits, isIPv6: isIPv6).bytes())
    #expect(file.kind == "Test-City")
    func words(_ address: String) throws -> String? {
      file.place(of: try #require(IPAddress(address)))?.words
    }
    #expect(try words("203.0.113.77") == "Berlin, DE")
    #expect(try words("198.51.100.200") == "Sydney, AU")
    #expect(try words("198.51.100.1") == nil)
    #expect(try words("::ffff:203.0.113.1") == "Berlin, DE")
    #expect(try words("192.0.2.1") == nil, "a country without coordinates is no place")
    #expect(try words("2001:db8:1::5") == (isIPv6 ? "New York, US" : nil))
    let known = try #require(IPAddress("203.0.113.1"))
    let berlin = try #require(file.place(of: known))
    #expect(berlin.accuracyKilometres == 100 && berlin.latitude == 52.5)
  }

  @Test("values may be pointers, but pointers may not lead to pointers")
  func pointers() throws {
    // A record whose 'location' is a pointer to the map at the start of the section.
    let location = MaxMindWriter.Value.map([("latitude", .double(1)), ("longitude", .double(2))])
    var writer = MaxMindWriter(recordBits: 24, isIPv6: false)
    let first = try #require(CIDRBlock("10.0.0.0/8"))
    writer.networks = [
      (try #require(CIDRBlock("11.0.0.0/8")), location),
      (first, .map([("location", .raw([1 << 5, 0]))])),
    ]
    let address = IPAddress(ipv4: 10 << 24)
    #expect(try MaxMindFile(writer.bytes()).place(of: address)?.latitude == 1)
    let size = MaxMindWriter.encoded(location).count
    writer.networks[1].record = .map([
      ("location", .raw([1 << 5, UInt8(size + 12)])), ("x", .raw([1 << 5, UInt8(size + 10)])),
    ])
    #expect(try MaxMindFile(writer.bytes()).place(of: address) == nil)
  }

  @Test("a file that is cut or altered is refused or answers, and never traps", arguments: 0..<40)
  func hostile(seed: UInt64) throws {
    var random = SplitMix(state: seed &* 0x9e37_79b9)
    let bits = [24, 28, 32][Int(seed % 3)]
    let whole = try Self.writer(bits, isIPv6: seed % 2 == 0).bytes()
    for _ in 0..<60 {
      var bytes = whole
      if random.next() % 4 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
      if random.next() % 4 == 0 { bytes.removeFirst(Int(random.next() % 64) % max(bytes.count, 1)) }
      for _ in 0..<random.next() % 6 where !bytes.isEmpty {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      guard let file = try? MaxMindFile(bytes) else { continue }
      for _ in 0..<20 {
        _ = file.place(of: IPAddress(ipv4: UInt32(truncatingIfNeeded: random.next())))
        _ = file.place(of: IPAddress(high: random.next(), low: random.next()))
      }
      for address in ["203.0.113.1", "2001:db8::1"] { _ = IPAddress(address).map(file.place(of:)) }
    }
  }

  @Test("what is no such file says so")
  func refusals() throws {
    func reason(_ bytes: [UInt8]) -> String {
      do { _ = try MaxMindFile(bytes) } catch { return error.description }
      return ""
    }
    #expect(reason([]).contains("description is missing"))
    #expect(reason(Array("network,country\n10.0.0.0/8,DE\n".utf8)).contains("missing"))
    var writer = try Self.writer(24, isIPv6: true)
    let bytes = writer.bytes()
    #expect(reason(Array(bytes.dropFirst(600))).contains("it is cut"))
    writer.version = 3
    #expect(reason(writer.bytes()).contains("version 3"))
  }

  @Test("one's own networks are asked first, the longest prefix counts")
  func networks() throws {
    let geo = try MaxMindFile(Self.writer(24, isIPv6: true).bytes())
    func network(_ block: String, _ name: String?) throws -> PlaceTable.Network {
      PlaceTable.Network(
        block: try #require(CIDRBlock(block)),
        place: name.flatMap { Place(latitude: 1, longitude: 2, country: "NL", name: $0) }
      )
    }
    let table = PlaceTable(
      names: ["geo.mmdb"],
      file: geo,
      networks: [
        try network("203.0.0.0/16", "wide"), try network("203.0.113.64/26", "narrow"),
        try network("203.0.113.64/28", nil), try network("10.0.0.0/8", "office"),
        try network("fd00::/8", "lab"),
      ]
    )
    #expect(table.networkCount == 4)
    #expect(table.place(of: "203.0.113.65")?.words == "narrow, NL")
    #expect(table.place(of: "203.0.113.1")?.words == "wide, NL")
    #expect(table.place(of: "198.51.100.200")?.words == "Sydney, AU")
    #expect(table.place(of: "fd00::9")?.words == "lab, NL")
    #expect(table.place(of: "no address") == nil && table.place(of: "9.9.9.9") == nil)
  }

  @Test("distances are those of great circles")
  func distances() throws {
    func place(_ latitude: Double, _ longitude: Double) throws -> Place {
      try #require(Place(latitude: latitude, longitude: longitude))
    }
    let berlin = try place(52.52, 13.405)
    #expect(abs(berlin.kilometres(to: try place(40.713, -74.006)) - 6_385) < 10)
    #expect(abs(try place(0, 0).kilometres(to: try place(0, 180)) - 20_015) < 1)
    #expect(berlin.kilometres(to: berlin) == 0)
    #expect(try place(89, 10).kilometres(to: try place(89, -170)) < 223)
    #expect(Place(latitude: 91, longitude: 0) == nil && Place(latitude: .nan, longitude: 0) == nil)
    #expect(try place(52.52, 13.405).words == "52.52, 13.41" || berlin.words == "52.52, 13.4")
  }
}

/// Small and the same everywhere.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
