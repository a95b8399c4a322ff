import Foundation
import Testing
import VedetteStatistics

@testable import VedetteNormalize

/// The scanner against Foundation's parser, value by value.
///
/// Known differences, which the documents here steer clear of or which are made equal below: a lone
/// surrogate escape is U+FFFD to us and an error to Foundation; of equal keys we take the first;
/// we go 64 levels deep, Foundation 512; numbers too large for a Double are kept as written;
/// UTF-16, UTF-32 and a byte-order mark are not read; and Foundation lets a comma stand before a
/// closing bracket, which RFC 8259 does not.
@Suite("JSON scanner against Foundation")
struct JSONDifferentialTests {
  @Test("reads the same values from generated documents", arguments: 0..<200 as Range<UInt64>)
  func sameValues(seed: UInt64) throws {
    var generator = DocumentGenerator(seed: seed)
    let text = generator.document()
    let tree = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    )
    let fields = try scan(Array(text.utf8)).get()
    #expect(flatten(tree) == normalizeNumbers(fields), "seed \(seed): \(text)")
  }

  @Test("agrees about broken documents", arguments: 0..<400 as Range<UInt64>)
  func sameVerdict(seed: UInt64) {
    var generator = DocumentGenerator(seed: seed &+ 10_000)
    let original = Array(generator.document().utf8)
    for _ in 0..<10 {
      let bytes = generator.mutated(original)
      let tree = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
      switch scan(bytes) {
      case .success(let fields):
        if isKnownDifference(bytes) { continue }
        guard let tree else {
          Issue.record("only Foundation refuses: \(String(decoding: bytes, as: UTF8.self))")
          continue
        }
        if !hasEqualKeys(bytes) { #expect(flatten(tree) == normalizeNumbers(fields)) }
      case .failure(let refusal):
        if String(decoding: bytes, as: UTF8.self).contains(/,\s*[}\]]/) { continue }
        #expect(tree == nil, "\(refusal.reason): \(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }

  // MARK: - Differences

  private func isKnownDifference(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    return text.lowercased().contains("\\ud") || text.contains(/[0-9]{18}|[eE][+-]?[0-9]{3}/)
  }

  private func hasEqualKeys(_ bytes: [UInt8]) -> Bool {
    normalize([String(decoding: bytes, as: UTF8.self)], as: .json).duplicateKeyCount > 0
  }

  // MARK: - Comparable forms

  /// Numbers in one spelling: Foundation does not keep the one they had.
  private func normalizeNumbers(_ fields: [String: [String]]) -> [String: [String]] {
    fields.mapValues { values in values.map { number($0) }.filter { $0 != "<null>" }.sorted() }
      .filter { !$0.value.isEmpty }
  }

  private func number(_ text: String) -> String {
    guard text.allSatisfy({ "-+.eE0123456789".contains($0) }), let value = Double(text) else {
      return text
    }
    return "\(value == 0 ? 0 : value)"
  }

  private func flatten(_ tree: [String: Any]) -> [String: [String]] {
    var fields: [String: [String]] = [:]
    flatten(tree, path: nil, into: &fields)
    return fields.mapValues { $0.sorted() }
  }

  private func flatten(_ value: Any, path: String?, into fields: inout [String: [String]]) {
    switch value {
    case let object as [String: Any]:
      for (key, member) in object {
        let isTop = path == nil || path == ""
        flatten(member, path: isTop ? key : "\(path ?? "").\(key)", into: &fields)
      }
    case let array as [Any]:
      for element in array { flatten(element, path: path, into: &fields) }
    case is NSNull: break
    case let text as String: fields[path ?? "", default: []].append(number(text))
    case let truth as NSNumber where isBoolean(truth):
      fields[path ?? "", default: []].append(truth.boolValue ? "true" : "false")
    case let number as NSNumber:
      fields[path ?? "", default: []].append(self.number("\(number.doubleValue)"))
    default: Issue.record("an unknown kind of value")
    }
  }

  private func isBoolean(_ number: NSNumber) -> Bool {
    unsafe String(cString: number.objCType) == "c"
  }
}

/// Makes JSON documents, whole and broken, from a seed.
struct DocumentGenerator {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  mutating func document() -> String { object(depth: 0) }

  private mutating func object(depth: Int) -> String {
    var keys: [String] = []
    for index in 0..<pick(7) { keys.append(key() + "\(index)") }
    let members = keys.map { "\(space())\"\($0)\"\(space()):\(value(depth: depth + 1))" }
    return "{" + members.joined(separator: ",") + space() + "}"
  }

  private mutating func key() -> String {
    ["a", "user.name", "k\\u0041", "ключ", "a long key of twenty bytes", "\\\"", "x"][pick(7)]
  }

  private mutating func value(depth: Int) -> String {
    let inner: String
    switch pick(depth > 6 ? 6 : 8) {
    case 0: inner = ["true", "false", "null"][pick(3)]
    case 1, 2: inner = number()
    case 3, 4, 5: inner = "\"\(string())\""
    case 6: inner = object(depth: depth)
    default:
      var elements: [String] = []
      for _ in 0..<pick(4) { elements.append(value(depth: depth + 1)) }
      inner = "[" + space() + elements.joined(separator: ",") + "]"
    }
    return space() + inner + space()
  }

  private mutating func number() -> String {
    ["0", "-0", "17", "-4", "1.5", "-0.25", "1e3", "2E-2", "6.02e+23", "1234567890123"][pick(10)]
  }

  private mutating func string() -> String {
    var text = ""
    for _ in 0..<pick(8) {
      text +=
        [
          "plain", " ", "\\n", "\\u00e9", "\\uD83D\\uDE00", "é", "漢", "😀", "\\\\", "\\/", "17",
          "a text that is longer than one block of sixteen", "\\u0000", "/", "{", "]",
        ][pick(16)]
    }
    return text
  }

  private mutating func space() -> String { ["", "", "", " ", "\n", "\t\r "][pick(6)] }

  mutating func mutated(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0...pick(2) {
      guard !bytes.isEmpty else { break }
      let place = pick(bytes.count)
      switch pick(6) {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(Array("{}[]:,\"\\0123e.-+tfnu \n".utf8)[pick(22)], at: place)
      case 2: bytes[place] = UInt8(truncatingIfNeeded: pick(256))
      case 3: bytes.removeSubrange(place...)
      case 4: bytes.insert(bytes[pick(bytes.count)], at: place)
      default: bytes.swapAt(place, pick(bytes.count))
      }
    }
    return bytes
  }
}
