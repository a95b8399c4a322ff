import Foundation
import Testing

/// Whether an event matches depends on the event alone, whatever lies beside it.
@Suite("Events are judged by themselves")
struct ScanIsolationTests {
  private static func rule(_ detection: String) -> String {
    """
    title: A rule
    id: 5b0b3a3e-1b9f-4c53-9a58-000000000001
    logsource: {category: own}
    detection:
    \(detection.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
    """
  }

  /// The numbers of the lines that match.
  private static func lines(_ detection: String, _ events: [String]) throws -> [Int] {
    let vedette = try CommandRunner()
    try vedette.write("r.yml", rule(detection))
    try vedette.write("e.ndjson", events.joined(separator: "\n") + "\n")
    let result = try vedette.run(
      ["scan", "e.ndjson", "--rules", "r.yml", "-o", "csv", "--format", "json"]
        + ["--logsource", "category=own"]
    )
    #expect(result.status == 0, "\(result.errors)")
    return result.lines.dropFirst().compactMap {
      $0.split(separator: ",").first.flatMap { Int($0) }
    }
  }

  @Test("a line with thousands of fields takes nothing from the others")
  func manyFields() throws {
    let keys = (0..<5_000).map { "\"k\($0)\":1" }.joined(separator: ",")
    let events = ["{\(keys)}"] + Array(repeating: #"{"CommandLine":"whoami"}"#, count: 300)
    let found = try Self.lines("sel: {CommandLine: whoami}\ncondition: sel", events)
    #expect(found == Array(2...301))
  }

  @Test("many lines with fields of their own take nothing from the others")
  func ownFields() throws {
    var events = (0..<40).map { line in
      "{" + (0..<400).map { "\"k\(line)_\($0)\":1" }.joined(separator: ",") + "}"
    }
    events.append(#"{"a":1,"f":2}"#)
    events.append(#"{"a":1,"k3_399":1}"#)
    #expect(try Self.lines("sel: {a: 1}\nno: {f: 2}\ncondition: sel and not no", events) == [42])
    #expect(try Self.lines("sel: {k39_399: 1}\ncondition: sel", events) == [40])
    #expect(try Self.lines("sel: {k3_399: 1}\ncondition: sel", events) == [4, 42])
  }

  @Test("how one event spells a field does not hide what another calls it")
  func spelling() throws {
    let events = [
      #"{"foobar":1}"#, #"{"FooBar":2}"#, #"{"FOOBAR":1}"#, #"{"FooBar":2,"foobar":1}"#,
      #"{"FooBar":1,"foobar":2}"#, #"{"FOOBAR":1,"foobar":2}"#, #"{"foobar":[2,1]}"#,
      #"{"FooBar":null,"foobar":1}"#,
    ]
    for count in 1...events.count {
      let expected = [1, 3, 5, 6, 7].filter { $0 <= count }
      let found = try Self.lines("sel: {FooBar: 1}\ncondition: sel", Array(events.prefix(count)))
      #expect(found == expected, "\(count)")
    }
    #expect(try Self.lines("sel: {fOObar: null}\ncondition: sel", events) == [8])
    #expect(try Self.lines("sel: {foobar: 1}\ncondition: sel", events) == [1, 3, 4, 7, 8])
  }

  @Test(
    "an object, an empty one, an empty list and null are there; absent is not",
    arguments: [
      ("a|exists: true", [1, 2, 3, 4, 5, 7, 8, 9]), ("a|exists: false", [6, 10]),
      ("a: null", [5, 6, 10]), ("a: ''", [7]), ("a.b: 1", [2, 4]), ("a.b|exists: true", [2, 4, 9]),
      ("A|exists: true", [1, 2, 3, 4, 5, 7, 8, 9]),
    ]
  )
  func presence(_ item: String, _ expected: [Int]) throws {
    let events = [
      #"{"a":{}}"#, #"{"a":{"b":1}}"#, #"{"a":[]}"#, #"{"a":[{"b":1}]}"#, #"{"a":null}"#,
      #"{"c":1}"#,
      #"{"a":""}"#, #"{"a":[1,2]}"#, #"{"a":{"b":null}}"#, #"{"ab":{"b":1}}"#,
    ]
    #expect(try Self.lines("sel: {\(item)}\ncondition: sel", events) == expected)
    // The same where nothing else is beside it.
    for (index, event) in events.enumerated() {
      let alone = try Self.lines("sel: {\(item)}\ncondition: sel", [event])
      #expect(alone == (expected.contains(index + 1) ? [1] : []), "\(event)")
    }
  }

  @Test("a keyword is looked for in the event, not in what was derived of it")
  func keywords() throws {
    let vedette = try CommandRunner()
    try vedette.write(
      "r.yml",
      Self.rule("kw: [success, failure]\ncondition: kw")
        .replacing("{category: own}", with: "{product: aws}")
    )
    try vedette.write(
      "e.ndjson",
      """
      {"eventVersion":"1.08","eventTime":"2026-03-02T10:00:00Z","eventSource":"iam.amazonaws.com","eventName":"ListUsers","awsRegion":"eu-west-1","sourceIPAddress":"1.2.3.4","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a"}}
      {"eventVersion":"1.08","eventTime":"2026-03-02T10:00:01Z","eventSource":"iam.amazonaws.com","eventName":"ListUsers","awsRegion":"eu-west-1","sourceIPAddress":"1.2.3.4","errorMessage":"a failure","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a"}}

      """
    )
    let result = try vedette.run("scan", "e.ndjson", "--rules", "r.yml", "-o", "csv")
    #expect(result.lines.dropFirst().map { $0.prefix(2) } == ["2,"])
  }
}
