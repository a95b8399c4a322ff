/// What is kept of how a prompt is worded: a similarity hash, and what it looks like.
///
/// Neither holds a word of the prompt. The similarity hash is Charikar's (STOC 2002) over words and
/// pairs of neighbouring words, runs of digits being one word: prompts of one template differ in few
/// of its 64 bits, unrelated ones in about half. Only the first ``bytesMax`` bytes are looked at.
struct PromptShape {
  /// A longer prompt is known by its beginning.
  static let bytesMax = 8_192

  /// The similarity hash; `nil` for a prompt of fewer than three words.
  private(set) var similarity: UInt64?
  /// What the prompt looks like, in a fixed order.
  private(set) var patterns: [StaticString] = []

  /// Reads a prompt.
  ///
  /// - Parameter prompt: Its bytes.
  /// - Complexity: O(*n*), where *n* is the number of bytes, at most ``bytesMax``.
  init(_ prompt: [UInt8]) {
    let lower = prompt.prefix(Self.bytesMax).map { byte -> UInt8 in
      (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
    }
    similarity = Self.similarity(lower)
    patterns = PromptPattern.found(lower: lower, prompt)
  }

  /// Sixteen hex digits.
  var similarityText: String? {
    similarity.map { value in
      let text = String(value, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
  }

  private static func similarity(_ bytes: [UInt8]) -> UInt64? {
    var sums = [Int32](repeating: 0, count: 64)
    var wordCount = 0
    var word: UInt64 = 0
    var previous: UInt64 = 0
    func add(_ hash: UInt64) {
      for bit in 0..<64 { sums[bit] += hash >> UInt64(bit) & 1 == 1 ? 1 : -1 }
    }
    func endWord() {
      guard word != 0 else { return }
      wordCount += 1
      add(mixed(word))
      if previous != 0 { add(mixed(previous &* 31 &+ word)) }
      previous = word
      word = 0
    }
    for byte in bytes {
      switch byte {
      case 0x30...0x39: if word != digits { word = word == 0 ? digits : word &* prime ^ 0x23 }
      case 0x61...0x7a, 0x80...0xff: word = ((word == 0 ? basis : word) ^ UInt64(byte)) &* prime
      default: endWord()
      }
    }
    endWord()
    guard wordCount >= 3 else { return nil }
    var value: UInt64 = 0
    for bit in 0..<64 where sums[bit] > 0 { value |= 1 << UInt64(bit) }
    return value
  }

  // FNV-1a's numbers, and the last step of SplitMix64 to spread what they leave.
  private static let basis: UInt64 = 0xcbf2_9ce4_8422_2325
  private static let prime: UInt64 = 0x100_0000_01b3
  private static let digits: UInt64 = 0x23

  private static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}

/// What a prompt can look like that is worth knowing without its words.
enum PromptPattern {
  private static let overrides = [
    "ignore all previous", "ignore previous", "ignore the previous", "ignore your instructions",
    "disregard all previous", "disregard previous", "disregard your instructions",
    "forget your instructions", "do anything now", "developer mode enabled",
  ].map { Array($0.utf8) }
  private static let roleTags = [
    "<|im_start|>", "<|system|>", "[inst]", "<<sys>>", "<|start_header_id|>",
  ].map { Array($0.utf8) }
  private static let asksForInstructions = [
    "your system prompt", "your initial instructions", "repeat the words above",
    "repeat everything above", "print your instructions", "reveal your instructions",
  ].map { Array($0.utf8) }
  /// As they are written, with capitals.
  private static let secrets = [
    "-----BEGIN PRIVATE KEY", "-----BEGIN RSA PRIVATE KEY", "-----BEGIN OPENSSH PRIVATE KEY",
    "-----BEGIN EC PRIVATE KEY", "github_pat_", "ghp_", "glpat-", "AKIA", "ASIA", "ABSK",
  ].map { Array($0.utf8) }
  private static let base64RunMin = 400
  private static let hiddenMin = 3

  static func found(lower: [UInt8], _ prompt: [UInt8]) -> [StaticString] {
    var found: [StaticString] = []
    if overrides.contains(where: { occurs($0, in: lower) }) { found.append("override") }
    if roleTags.contains(where: { occurs($0, in: lower) }) { found.append("role_tag") }
    if asksForInstructions.contains(where: { occurs($0, in: lower) }) {
      found.append("asks_for_instructions")
    }
    if hiddenCount(lower) >= hiddenMin { found.append("hidden_characters") }
    if longestBase64Run(lower) >= base64RunMin { found.append("long_base64") }
    if secrets.contains(where: { hasSecret($0, in: prompt) }) { found.append("secret") }
    return found
  }

  private static func occurs(_ text: [UInt8], in bytes: [UInt8]) -> Bool {
    place(of: text, in: bytes, from: 0) != nil
  }

  private static func place(of text: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= text.count else { return nil }
    var index = start
    while index <= bytes.count - text.count {
      if bytes[index] == text[0], bytes[index..<index + text.count].elementsEqual(text) {
        return index
      }
      index += 1
    }
    return nil
  }

  /// Whether a mark is followed by what such keys are made of; keys of examples are none.
  private static func hasSecret(_ mark: [UInt8], in prompt: [UInt8]) -> Bool {
    let bytes = Array(prompt.prefix(PromptShape.bytesMax))
    if mark[0] == UInt8(ascii: "-") { return occurs(mark, in: bytes) }
    var from = 0
    while let start = place(of: mark, in: bytes, from: from) {
      let tail = bytes[(start + mark.count)...].prefix { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
          || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      }
      if tail.count >= 16, !occurs(Array("EXAMPLE".utf8), in: Array(tail)) { return true }
      from = start + mark.count
    }
    return false
  }

  /// Zero-width characters, bidirectional controls and tag characters.
  private static func hiddenCount(_ bytes: [UInt8]) -> Int {
    var count = 0
    var index = 0
    while index + 2 < bytes.count {
      let (first, second, third) = (bytes[index], bytes[index + 1], bytes[index + 2])
      let isZeroWidth = first == 0xe2 && second == 0x80 && (0x8b...0x8f).contains(third)
      let isBidirectional =
        first == 0xe2
        && (second == 0x80 && (0xaa...0xae).contains(third)
          || second == 0x81 && (0xa0...0xaf).contains(third))
      let isTag = first == 0xf3 && second == 0xa0 && (0x80...0x81).contains(third)
      if isZeroWidth || isBidirectional || isTag { count += 1 }
      index += 1
    }
    return count
  }

  private static func longestBase64Run(_ bytes: [UInt8]) -> Int {
    var longest = 0
    var run = 0
    for byte in bytes {
      let isOne =
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || byte == UInt8(ascii: "+")
        || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "=")
      run = isOne ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}
