import Testing
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@testable import VedetteCorrelate

@Suite("What an event carries")
struct PackedEventTests {
  private struct Made {
    var raw: [UInt8]
    var entities: [Entity]
    var fields: [(number: Int, value: String)]

    init(_ random: inout SplitMix64) {
      func text(_ limit: Int) -> String {
        let pieces = ["a", "ß", "\0", "\u{1f}", "203.0.113.9", "root", "\u{1F600}", ""]
        return (0..<Int.random(in: 0...limit, using: &random))
          .map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
      }
      raw = (0..<Int.random(in: 0...400, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      entities = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        Entity(
          type: EntityType.allCases[Int.random(in: 0..<10, using: &random)],
          value: text(40),
          role: EntityRole.allCases[Int.random(in: 0..<4, using: &random)]
        )
      }
      let numbers = [0, 1, 127, 128, 300, 70_000].filter { _ in Bool.random(using: &random) }
      fields = numbers.map { ($0, text(120)) }
    }

    var packed: PackedEvent {
      PackedEvent(raw: raw, entities: .init(packing: entities), fields: fields)
    }
  }

  @Test("is what was packed", arguments: [UInt64(1), 2, 3])
  func carries(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<300 {
      let made = Made(&random)
      let packed = made.packed
      try check(packed, made)
      var writer = StateWriter()
      packed.write(to: &writer)
      var reader = StateReader(writer.bytes)
      try check(PackedEvent(from: &reader), made)
    }
  }

  private func check(_ packed: PackedEvent, _ made: Made) throws {
    #expect(Array(packed.raw) == made.raw)
    #expect(packed.entities.map(\.entity) == made.entities)
    #expect(packed.entities.map(\.hash) == made.entities.map(\.key.shortHash))
    for (entity, own) in zip(packed.entities, made.entities) {
      #expect(entity.isSame(as: own))
      var other = own
      other.value += "x"
      #expect(!entity.isSame(as: other))
    }
    for (number, value) in made.fields { #expect(packed.field(number) == value) }
    #expect(packed.field(71_000) == nil)
  }

  @Test("damaged state is refused, or read as it stands", arguments: [UInt64(4), 5])
  func damaged(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<60 {
      var writer = StateWriter()
      Made(&random).packed.write(to: &writer)
      for _ in 0..<20 {
        var bytes = writer.bytes
        if Bool.random(using: &random) {
          bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
        } else {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(
            in: 1...255,
            using: &random
          )
        }
        var reader = StateReader(bytes)
        // What is not refused is whole: written again, it is the same.
        guard let packed = try? PackedEvent(from: &reader) else { continue }
        var again = StateWriter()
        packed.write(to: &again)
        #expect(again.bytes == Array(bytes.prefix(again.bytes.count)))
        _ = packed.entities.map(\.entity)
      }
    }
    var writer = StateWriter()
    writer.write(-1)
    writer.write(0)
    writer.write([UInt8]())
    var reader = StateReader(writer.bytes)
    #expect(throws: StateError.self) { try PackedEvent(from: &reader) }
  }
}
