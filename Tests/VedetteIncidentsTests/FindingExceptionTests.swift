import Testing
import VedetteEvent
import VedetteFindings

@testable import VedetteIncidents

@Suite("Exceptions")
struct FindingExceptionTests {
  private func exception(
    _ id: String = "x",
    rules: [String] = [],
    entities: [String] = [],
    sources: [String] = [],
    expires: EventTime = Example.time((23, 0, 0))
  ) -> FindingException {
    FindingException(
      id: id,
      rules: rules,
      entities: entities.compactMap(EntityPattern.init),
      sources: sources,
      reason: "why",
      expires: expires,
      author: nil
    )
  }

  @Test("everything that an exception names must hold")
  func scope() {
    let finding = Example.probing
    #expect(exception(rules: ["r-1"]).covers(finding))
    #expect(exception(rules: ["r-2", "r-1"]).covers(finding))
    #expect(!exception(rules: ["r-2"]).covers(finding))
    #expect(exception(entities: ["user:svc-*"]).covers(finding))
    #expect(!exception(entities: ["host:svc-*"]).covers(finding))
    #expect(exception(rules: ["r-1"], entities: ["ip:203.0.113.0/24"]).covers(finding))
    #expect(!exception(rules: ["r-1"], entities: ["ip:198.51.100.0/24"]).covers(finding))
    #expect(exception(sources: ["logs/*"]).covers(finding))
    #expect(!exception(sources: ["other/*"]).covers(finding))
    #expect(exception(rules: ["baseline"]).covers(Example.volume))
  }

  @Test("an exception ends at its end, by the time of what happened")
  func expiry() {
    let time = Example.probing.time
    #expect(
      exception(rules: ["r-1"], expires: time.advanced(byNanoseconds: 1)).covers(Example.probing)
    )
    #expect(!exception(rules: ["r-1"], expires: time).covers(Example.probing))
  }

  @Test("a set finds what trying each in turn would")
  func sets() {
    let all = [
      exception("a", rules: ["r-2"]), exception("b", entities: ["user:svc-batch"]),
      exception("c", rules: ["r-1"]), exception("d", sources: ["logs/*"]),
    ]
    for mask in 0..<16 {
      let some = all.enumerated().filter { mask >> $0.offset & 1 == 1 }.map(\.element)
      for finding in [Example.probing, Example.volume] {
        let plain = some.first { $0.covers(finding) }
        #expect(ExceptionSet(some).first(covering: finding) == plain)
      }
    }
  }

  @Test(
    "patterns of entities are refused where they can't be meant",
    arguments: [
      "root", "user:", "planet:mars", "ip:10.0.0.0/40", "ip:x/8", "",
    ]
  )
  func refused(text: String) {
    #expect(EntityPattern(text) == nil)
  }

  @Test(
    "a star stands for anything, also for nothing",
    arguments: [
      ("", "", true), ("", "*", true), ("a", "", false), ("abc", "a*c", true), ("ac", "a*c", true),
      ("abcbc", "a*bc", true), ("abcb", "a*bc", false), ("aaa", "*a", true), ("xay", "*a*", true),
      ("é", "*", true), ("/var/log/a.log", "/var/log/*", true),
    ]
  )
  func globs(text: String, pattern: String, matches: Bool) {
    #expect(Glob.matches(text, pattern) == matches)
  }
}
