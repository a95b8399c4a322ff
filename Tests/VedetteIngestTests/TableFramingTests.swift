import Testing
import VedetteEvent

@testable import VedetteIngest

/// Fields of a table that hold line ends.
@Suite("Records of tables")
struct TableFramingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let records: [String]
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "a quoted field with line ends, empty lines and doubled quotes",
      text: "time,user,text\n1,bob,\"a\nb\n\n\"\"c\"\"\"\n2,eve,\"d\"\n",
      records: ["time,user,text", "1,bob,\"a\nb\n\n\"\"c\"\"\"", "2,eve,\"d\""]
    ),
    Case(
      name: "an inch mark in a field opens nothing",
      text: "id,size,name\n1,5\" disk,x\n2,\"3\"\" disk\",y\n",
      records: ["id,size,name", "1,5\" disk,x", "2,\"3\"\" disk\",y"]
    ),
    Case(
      name: "CRLF, semicolons, and a comma that separates nothing",
      text: "id;a b;text\r\n1;x,\"y;z\r\n2;y;\"e\r\nf\"\r\n",
      records: ["id;a b;text", "1;x,\"y;z", "2;y;\"e\r\nf\""]
    ),
    Case(
      name: "two columns",
      text: "time,message\n1,\"a\nb\"\n",
      records: ["time,message", "1,\"a\nb\""]
    ),
    Case(
      name: "no table",
      text: "Starting up, loading\n1,\"a\nb\"\n",
      records: ["Starting up, loading", "1,\"a", "b\""]
    ),
    Case(
      name: "a field that never ends ends with the file",
      text: "id,text\n1,\"a\nb\n",
      records: ["id,text", "1,\"a\nb"]
    ),
  ]

  @Test("a record ends where its quoted fields do", arguments: cases)
  func records(_ example: Case) {
    let bytes = Array(example.text.utf8)
    let whole = frame(bytes)
    #expect(whole.records.map(\.text) == example.records)
    for size in 1...9 { #expect(frame(bytes, pieces: size) == whole) }
  }

  @Test("a field without an end takes a bounded number of lines")
  func bounded() {
    let text = "id,text\n1,\"a\n" + String(repeating: "2,b\n", count: 1_000)
    let records = frame(Array(text.utf8)).records
    #expect(records.count == 1 + 1 + 1_000 - (Limits.groupLinesMax - 1))
    #expect(records.last?.text == "2,b")
  }

  @Test("a record over a restart comes once and whole")
  func restart() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.csv", "time,user,text\n1,bob,\"a\n")
    let following = try Following([folder["a.csv"]])
    #expect(following.poll() == ["time,user,text"])
    following.restart()
    try folder.append("a.csv", "b\"\n2,eve,c\n3,eve,\"d\n")
    #expect(following.poll() == ["1,bob,\"a\nb\"", "2,eve,c"])
    following.restart()
    try folder.append("a.csv", "e\"\n")
    #expect(following.poll() == ["3,eve,\"d\ne\""])
    #expect(following.records.map(\.record.line) == [1, 2, 4, 5])
  }
}
