import Testing
import VedetteBehavior
import VedetteEvent
import VedetteFindings

@Suite("New values among others")
struct NewValueTests {
  private func findings(_ events: [WorldEvent]) throws -> [Finding] {
    var detector = World.detector()
    return World.findings(&detector, try World.batches(World.ordered(events), of: 1_000)).values
      .filter { $0.detector == .newValue }
  }

  /// Users who log in and copy each from a network of their own, for two days.
  private func colleagues(_ count: Int) -> [WorldEvent] {
    (0..<count * 200).map { index in
      let user = index % count
      var event = WorldEvent(Double(index / count) * 860 + Double(user), user: "user\(user)")
      event.operation = index / count % 2 == 0 ? "login" : "copy"
      event.address = "10.0.\(user * 2 + (index / count % 2)).1"
      event.host = "shared"
      return event
    }
  }

  private func late(_ user: String, host: String) -> WorldEvent {
    var event = WorldEvent(1.9 * World.day, user: user)
    event.host = host
    return event
  }

  @Test("what all the others have is less of a surprise than what nobody has")
  func peers() throws {
    var events = colleagues(8)
    for user in 1..<8 {
      var event = WorldEvent(0.2 * World.day + Double(user), user: "user\(user)")
      event.host = "common"
      events.append(event)
    }
    let found = try findings(events + [late("user0", host: "common"), late("user0", host: "odd")])
    func finding(_ host: String) throws -> Finding {
      try #require(found.first { $0.explanation.terms[0].value == host })
    }
    let (common, odd) = (try finding("common"), try finding("odd"))
    #expect(common.score < odd.score)
    let terms = odd.explanation.terms
    #expect(terms.map(\.feature) == ["host", "host_in_peers", "host_in_organisation"])
    #expect(terms[1].expected == 7 && terms[1].observed == 0)
    #expect(common.explanation.terms[1].observed == 7)
    for finding in [common, odd] {
      #expect(finding.explanation.terms.reduce(0) { $0 + $1.contribution } == Double(finding.score))
    }
  }

  @Test("too few others say that they are not scoring yet")
  func learning() throws {
    let found = try findings(colleagues(2) + [late("user0", host: "odd")])
    let finding = try #require(found.first { $0.explanation.terms[0].value == "odd" })
    #expect(finding.explanation.terms.count == 1)
    let facts = finding.explanation.nearestNormal
    #expect(facts.map(\.name) == ["peers", "organisation"])
    #expect(facts.allSatisfy { $0.value.hasSuffix("not scoring yet") }, "\(facts)")
  }

  @Test("known parts that come together for the first time are news, new parts are news alone")
  func combinations() throws {
    func odd(_ operation: String, _ address: String) -> WorldEvent {
      var event = WorldEvent(1.9 * World.day, user: "user0")
      event.operation = operation
      event.address = address
      event.host = "shared"
      return event
    }
    // So far user0 logs in from 10.0.0.1 and copies from 10.0.1.1.
    let together = try findings(colleagues(3) + [odd("login", "10.0.1.1")])
    let terms = together.filter { $0.title.hasSuffix("for a user") }
      .map { $0.explanation.terms[0] }
    #expect(terms.map(\.feature) == ["operation_from_network"])
    #expect(terms.first?.value == "login from 10.0.1.0/24")
    let apart = try findings(colleagues(3) + [odd("delete", "10.0.1.1")])
    let features = apart.flatMap(\.explanation.terms).map(\.feature)
    #expect(features.contains("operation") && !features.contains("operation_from_network"))
  }
}
