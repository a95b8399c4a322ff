import Testing
import VedetteDigest

@Suite("Digest")
struct DigestTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let hex: String
    var testDescription: String { name }
  }

  /// From FIPS 180-4 and NIST's examples.
  static let cases: [Case] = [
    Case(
      name: "nothing",
      text: "",
      hex: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ),
    Case(
      name: "one block",
      text: "abc",
      hex: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ),
    Case(
      name: "two blocks",
      text: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      hex: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    Case(
      name: "a million times a",
      text: String(repeating: "a", count: 1_000_000),
      hex: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test("agrees with the standard", arguments: cases)
  func standard(_ example: Case) {
    #expect(Digest.of(example.text).hex == example.hex)
    #expect(Digest.of(Array(example.text.utf8)[...]).hex == example.hex)
  }

  @Test("is the same however the bytes are cut", arguments: [1, 7, 63, 64, 65, 1_000])
  func pieces(size: Int) {
    let bytes = (0..<2_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var builder = DigestBuilder()
    for start in stride(from: 0, to: bytes.count, by: size) {
      builder.update(bytes[start..<min(start + size, bytes.count)])
    }
    #expect(builder.digest == Digest.of(bytes))
    builder.update("more")
    #expect(builder.digest == Digest.of(bytes + Array("more".utf8)))
  }

  @Test("its first bits are those of the hex digits")
  func words() {
    let (high, low) = Digest.of("abc").first128Bits
    #expect(high == 0xba78_16bf_8f01_cfea)
    #expect(low == 0x4141_40de_5dae_2223)
  }

  @Test("is made again from its bytes, and from no others")
  func bytes() {
    let digest = Digest.of("abc")
    #expect(Digest(bytes: digest.bytes) == digest)
    #expect(Digest(bytes: []) == nil)
    #expect(Digest(bytes: digest.bytes + [0]) == nil)
  }
}

@Suite("Keyed digest")
struct KeyedDigestTests {
  @Test("agrees with RFC 4231")
  func standard() {
    let short = KeyedDigest(key: Array("Jefe".utf8))
    let text = Array("what do ya want for nothing?".utf8)
    #expect(
      short.of(text).hex == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
    let long = KeyedDigest(key: [UInt8](repeating: 0xaa, count: 131))
    #expect(
      long.of(Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)).hex
        == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    )
  }

  @Test("accepts its own code only")
  func validity() {
    let keyed = KeyedDigest(key: [1, 2, 3])
    let code = keyed.of([4, 5])
    #expect(keyed.isValid(code, for: [4, 5]))
    #expect(!keyed.isValid(code, for: [4, 6]))
    #expect(!KeyedDigest(key: [1, 2]).isValid(code, for: [4, 5]))
  }
}
