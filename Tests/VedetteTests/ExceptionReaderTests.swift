import Testing
import VedetteEvent
import VedetteIncidents

@testable import Vedette

@Suite("Files of exceptions and watchlists")
struct ExceptionReaderTests {
  private static let good = """
    # ours
    exceptions:
      - id: scan
        rule: [a, b]
        entity: ip:10.0.0.0/8
        source: /var/log/*
        reason: our own
        expires: 2027-01-31
        by: ada
      # about the next
      - id: other
        rule: c
        reason: known
        expires: 2027-01-31T12:00:00Z

    """

  @Test("exceptions are read with their lines")
  func reads() throws {
    let all = try ExceptionReader(path: "x.yml").read(Array(Self.good.utf8))
    #expect(all.map(\.exception.id) == ["scan", "other"])
    #expect(all.map(\.lines.lowerBound) == [3, 11])
    #expect(
      all[0].exception.scope == "rule a or b, entity ip:10.0.0.0/8, source /var/log/*"
    )
    #expect(all[0].exception.expires.description == "2027-01-31T00:00:00Z")
    #expect(all[0].exception.author == "ada")
    #expect(try ExceptionReader(path: "x.yml").read([]).isEmpty)
    #expect(try ExceptionReader(path: "x.yml").read(Array("exceptions:\n".utf8)).isEmpty)
  }

  @Test(
    "what is not understood is an error at its place",
    arguments: [
      ("rules: []", "1:1: error: unknown key 'rules'"), ("exceptions: x", "1:13: error: "),
      ("exceptions:\n  - rule: a\n    reason: b\n    expires: 2027-01-01", "no 'id'"),
      ("exceptions:\n  - id: a\n    rule: a\n    expires: 2027-01-01", "no 'reason'"),
      ("exceptions:\n  - id: a\n    rule: a\n    reason: b", "no 'expires'"),
      ("exceptions:\n  - id: a\n    rule: a\n    reason: ' '\n    expires: 2027-01-01", "is empty"),
      ("exceptions:\n  - id: a\n    reason: b\n    expires: 2027-01-01", "this hides all"),
      ("exceptions:\n  - id: a\n    rule: a\n    reason: b\n    expires: soon", "is no date"),
      (
        "exceptions:\n  - id: a\n    entity: root\n    reason: b\n    expires: 2027-01-01",
        "3:13: error: 'root' is no entity"
      ),
      ("exceptions:\n  - id: a\n    ruel: a", "did you mean 'rule'?"),
      (
        "exceptions:\n  - {id: a, rule: a, reason: b, expires: 2027-01-01}\n"
          + "  - {id: a, rule: a, reason: b, expires: 2027-01-01}", "3:5: error: 'a' is the id of"
      ),
    ]
  )
  func refused(text: String, words: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try ExceptionReader(path: "x.yml").read(Array(text.utf8))
    }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "none")")
  }

  @Test("a watchlist gives its first column its name, and each column its own")
  func watchlists() throws {
    let folder = try TemporaryFolder()
    try folder.write("vip.csv", "user,team\r\n# a comment\nada,\"red, hot\"\n\n bob ,\n")
    try folder.write("readme.txt", "no list")
    let lists = try WatchlistReader.read([folder.path])
    #expect(
      lists == ["vip": ["ada", "bob"], "vip.user": ["ada", "bob"], "vip.team": ["red, hot"]]
    )
    #expect(try WatchlistReader.read([folder.path + "/vip.csv"]) == lists)
  }

  @Test(
    "a watchlist that is none is an error at its line",
    arguments: [
      ("", "v.csv:1:1: error: empty"),
      ("a,b\nx\n", "v.csv:2:1: error: 1 cells under a header of 2"),
      ("a\n\"x\n", "v.csv:2:1: error: a quote is not closed"),
    ]
  )
  func badLists(text: String, words: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("v.csv", text)
    let error = #expect(throws: ConfigurationError.self) {
      try WatchlistReader.read([folder.path])
    }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "none")")
    #expect(throws: ConfigurationError.self) { try WatchlistReader.read(["/no/such"]) }
  }
}
