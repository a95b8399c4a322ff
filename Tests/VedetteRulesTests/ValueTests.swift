import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteRules

/// What values and modifiers mean: the law is the table of meanings in the reference.
@Suite("Values and modifiers")
struct ValueTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// The line of the rule below `sel:`.
    let item: String
    /// Events as JSON, those that must match first.
    let matching: [String]
    let other: [String]
    var testDescription: String { name }
  }

  static let texts: [Case] = [
    Case(
      name: "text compares without case",
      item: "f: PowerShell",
      matching: [#"{"f":"powershell"}"#, #"{"f":"POWERSHELL"}"#],
      other: [#"{"f":"powershell.exe"}"#, #"{"g":"powershell"}"#]
    ),
    Case(
      name: "lower case is Unicode's",
      item: "f: 'ÄÖΣ straße'",
      matching: [#"{"f":"äöσ STRAßE"}"#, #"{"f":"ÄÖΣ straße"}"#],
      other: [#"{"f":"aöσ straße"}"#, #"{"f":"äöσ strasse"}"#]
    ),
    Case(
      name: "a star is anything and a question mark one character",
      item: "f: 'a*b?d'",
      matching: [#"{"f":"abcd"}"#, #"{"f":"axxbéd"}"#, #"{"f":"abbbxd"}"#],
      other: [#"{"f":"abd"}"#, #"{"f":"abccd"}"#, #"{"f":"xabcd"}"#]
    ),
    Case(
      name: "a star alone is any value but null",
      item: "f: '*'",
      matching: [#"{"f":"x"}"#, #"{"f":""}"#, #"{"f":0}"#],
      other: [#"{"f":null}"#, #"{"g":"x"}"#]
    ),
    Case(
      name: "an escaped wildcard is plain",
      item: #"f: 'a\*b\?'"#,
      matching: [#"{"f":"a*b?"}"#],
      other: [#"{"f":"axb?"}"#, #"{"f":"a\\*b?"}"#]
    ),
    Case(
      name: "an escaped backslash before a star leaves the star a wildcard",
      item: #"f: 'c:\\*'"#,
      matching: [#"{"f":"C:\\windows"}"#, #"{"f":"c:\\"}"#],
      other: [#"{"f":"c:*"}"#]
    ),
    Case(
      name: "three backslashes before a star are a backslash and a plain star",
      item: #"f: 'c:\\\*'"#,
      matching: [#"{"f":"c:\\*"}"#],
      other: [#"{"f":"c:\\x"}"#]
    ),
    Case(
      name: "one backslash or two before a letter are one",
      item: #"f: ['a\b', 'c\\d', '\\\\server']"#,
      matching: [#"{"f":"a\\b"}"#, #"{"f":"c\\d"}"#, #"{"f":"\\\\server"}"#],
      other: [#"{"f":"c\\\\d"}"#, #"{"f":"\\server"}"#]
    ),
    Case(
      name: "numbers and truth values compare by their text",
      item: "f: [1, true, 2.5]",
      matching: [#"{"f":1}"#, #"{"f":"1"}"#, #"{"f":true}"#, #"{"f":"TRUE"}"#, #"{"f":2.5}"#],
      other: [#"{"f":"01"}"#, #"{"f":false}"#, #"{"f":10}"#]
    ),
    Case(
      name: "contains, startswith and endswith",
      item: "f|contains: bc",
      matching: [#"{"f":"abcd"}"#, #"{"f":"BC"}"#, #"{"f":["x","abc"]}"#],
      other: [#"{"f":"acb"}"#, #"{"f":""}"#, #"{"f":null}"#]
    ),
    Case(
      name: "startswith",
      item: "f|startswith: ab",
      matching: [#"{"f":"abc"}"#, #"{"f":"AB"}"#],
      other: [#"{"f":"xab"}"#, #"{"f":"a"}"#]
    ),
    Case(
      name: "endswith",
      item: #"f|endswith: '\cmd.exe'"#,
      matching: [#"{"f":"C:\\Windows\\CMD.EXE"}"#, #"{"f":"\\cmd.exe"}"#],
      other: [#"{"f":"cmd.exe"}"#, #"{"f":"C:\\cmd.exe x"}"#]
    ),
    Case(
      name: "contains with nothing is any value",
      item: "f|contains: ''",
      matching: [#"{"f":"x"}"#, #"{"f":""}"#],
      other: [#"{"f":null}"#, #"{}"#]
    ),
    Case(
      name: "contains with a wildcard inside",
      item: "f|contains: 'a*c?e'",
      matching: [#"{"f":"xxabcdexx"}"#, #"{"f":"acée"}"#],
      other: [#"{"f":"ace"}"#]
    ),
    Case(
      name: "all values of a list",
      item: "f|contains|all: [ab, bc, '']",
      matching: [#"{"f":"abc"}"#, #"{"f":"bcab"}"#],
      other: [#"{"f":"ab"}"#, #"{"f":"bc"}"#]
    ),
    Case(
      name: "all is asked of one element of an array",
      item: "f|contains|all: [ab, cd]",
      matching: [#"{"f":["x","abcd"]}"#],
      other: [#"{"f":["ab","cd"]}"#]
    ),
    Case(
      name: "cased",
      item: "f|cased|contains: Ab",
      matching: [#"{"f":"xAbx"}"#],
      other: [#"{"f":"xabx"}"#, #"{"f":"AB"}"#]
    ),
    Case(
      name: "one letter and two",
      item: "f|contains: [z, q!]",
      matching: [#"{"f":"aZ"}"#, #"{"f":"z"}"#, #"{"f":"xq!x"}"#],
      other: [#"{"f":"q"}"#, #"{"f":"!q"}"#]
    ),
    Case(
      name: "characters outside the basic plane",
      item: "f|contains: ['😀', '👩‍💻']",
      matching: [#"{"f":"x😀"}"#, #"{"f":"👩‍💻"}"#],
      other: [#"{"f":"😁"}"#, #"{"f":"👩"}"#]
    ),
  ]

  static let special: [Case] = [
    Case(
      name: "null is absent or null, not empty",
      item: "f: null",
      matching: [#"{"f":null}"#, #"{"g":1}"#],
      other: [#"{"f":""}"#, #"{"f":"null"}"#]
    ),
    Case(
      name: "empty is empty, not null",
      item: "f: ''",
      matching: [#"{"f":""}"#],
      other: [#"{"f":null}"#, #"{"g":1}"#, #"{"f":" "}"#]
    ),
    Case(
      name: "null or empty",
      item: "f: [null, '']",
      matching: [#"{"f":""}"#, #"{"f":null}"#, #"{"g":1}"#],
      other: [#"{"f":"x"}"#]
    ),
    Case(
      name: "exists",
      item: "f|exists: true",
      matching: [#"{"f":""}"#, #"{"f":null}"#, #"{"f":"x"}"#],
      other: [#"{"g":1}"#]
    ),
    Case(
      name: "does not exist",
      item: "f|exists: false",
      matching: [#"{"g":1}"#],
      other: [#"{"f":""}"#, #"{"f":null}"#, #"{"f":"x"}"#]
    ),
    Case(
      name: "neq is the negation",
      item: "f|neq: [a, b]",
      matching: [#"{"f":"c"}"#, #"{"f":null}"#, #"{"g":1}"#],
      other: [#"{"f":"A"}"#, #"{"f":["c","b"]}"#]
    ),
    Case(
      name: "a regular expression is searched in the raw text",
      item: #"f|re: 'A\d+z'"#,
      matching: [#"{"f":"xA12zx"}"#],
      other: [#"{"f":"a12z"}"#, #"{"f":"Az"}"#]
    ),
    Case(
      name: "flags of a regular expression",
      item: #"f|re|i|m|s: '^a.b$'"#,
      matching: [#"{"f":"x\nA\nB\ny"}"#, #"{"f":"a-b"}"#],
      other: [#"{"f":"xa-b"}"#]
    ),
    Case(
      name: "a regular expression without a text it needs",
      item: #"f|re: '^[0-9a-f]{4}$'"#,
      matching: [#"{"f":"12af"}"#],
      other: [#"{"f":"12AF"}"#, #"{"f":"12aff"}"#]
    ),
    Case(
      name: "networks",
      item: "f|cidr: ['10.0.0.0/8', '192.168.1.7', 'fd00::/8']",
      matching: [#"{"f":"10.255.0.1"}"#, #"{"f":"192.168.1.7"}"#, #"{"f":"FD12::1"}"#],
      other: [#"{"f":"11.0.0.1"}"#, #"{"f":"10.1"}"#, #"{"f":"x10.0.0.1"}"#, #"{"f":"fe80::1"}"#]
    ),
    Case(
      name: "numbers compare",
      item: "f|gte: 10",
      matching: [#"{"f":10}"#, #"{"f":"10.5"}"#, #"{"f":" 11 "}"#, #"{"f":1e3}"#],
      other: [#"{"f":9}"#, #"{"f":"0x40"}"#, #"{"f":"ten"}"#, #"{"g":11}"#, #"{"f":null}"#]
    ),
    Case(
      name: "less than, in an integer column",
      item: "f_n|lt: 0",
      matching: [#"{"f_n":-1}"#, #"{"f_n":-9223372036854775808}"#],
      other: [#"{"f_n":0}"#, #"{"f_n":5}"#, #"{"f_n":null}"#]
    ),
    Case(
      name: "parts of a time",
      item: "f|hour|gte: 22",
      matching: [#"{"f":"2026-03-02T22:00:00Z"}"#, #"{"f":"2026-03-02 23:59:59.123"}"#],
      other: [#"{"f":"2026-03-02T21:59:59Z"}"#, #"{"f":"23:00"}"#, #"{"f":"2026-02-30T23:00:00"}"#]
    ),
    Case(
      name: "the week is ISO's",
      item: "f|week: 53",
      matching: [#"{"f":"2026-12-31"}"#, #"{"f":"2027-01-03"}"#],
      other: [#"{"f":"2027-01-04"}"#, #"{"f":"2026-12-27"}"#]
    ),
    Case(
      name: "the event's own time",
      item: "'@timestamp|day': 2",
      matching: [#"{"@timestamp":"2026-03-02T10:00:00Z"}"#],
      other: [#"{"@timestamp":"2026-03-03T10:00:00Z"}"#, #"{"f":1}"#]
    ),
    Case(
      name: "another field",
      item: "f|fieldref: g",
      matching: [#"{"f":"A","g":"a"}"#, #"{"f":["x","b"],"g":["b","c"]}"#, #"{"f":1,"g":"1"}"#],
      other: [#"{"f":"a","g":"b"}"#, #"{"f":"a"}"#, #"{"g":"a"}"#, #"{}"#]
    ),
    Case(
      name: "another field at the end",
      item: "f|fieldref|endswith: g",
      matching: [#"{"f":"C:\\X.exe","g":"x.EXE"}"#],
      other: [#"{"f":"x.exe.bak","g":"x.exe"}"#]
    ),
  ]

  static let encodings: [Case] = [
    Case(
      name: "a dash that starts a flag may be any of five",
      item: "f|windash|contains: ' -enc a-b'",
      matching: [
        #"{"f":"x -ENC a-b"}"#, #"{"f":"x /enc a-b"}"#, #"{"f":"x –enc a-b"}"#,
        #"{"f":"x —enc a-b"}"#, #"{"f":"x ―enc a-b"}"#,
      ],
      other: [#"{"f":"x -enc a/b"}"#, #"{"f":"x +enc a-b"}"#]
    ),
    Case(
      name: "several dashes, each by itself",
      item: "f|contains|windash: ' -a /b -'",
      matching: [#"{"f":" /a -b -"}"#, #"{"f":"x –a ―b -"}"#],
      other: [#"{"f":" -a -b /"}"#]
    ),
    Case(
      name: "dashes stay alternatives under all",
      item: "f|windash|contains|all: [' -a', ' /b']",
      matching: [#"{"f":"x /a -b"}"#, #"{"f":"x -b -a"}"#],
      other: [#"{"f":"x /a"}"#]
    ),
    Case(
      name: "base64",
      item: "f|base64|contains: foo",
      matching: [#"{"f":"xZm9vx"}"#],
      other: [#"{"f":"foo"}"#]
    ),
    Case(
      name: "base64 at three offsets",
      item: "f|base64offset|contains: 'http://'",
      matching: [#"{"f":"aHR0cDovL2E="}"#, #"{"f":"eGh0dHA6Ly9h"}"#, #"{"f":"eHhodHRwOi8vYQ=="}"#],
      other: [#"{"f":"http://"}"#, #"{"f":"aHR0cDoKL2E="}"#]
    ),
    Case(
      name: "wide, then base64",
      item: "f|wide|base64offset|contains: 'ping'",
      matching: [#"{"f":"cABpAG4AZwA="}"#, #"{"f":"eHAAaQBuAGcA"}"#],
      other: [#"{"f":"cGluZw=="}"#]
    ),
    Case(
      name: "utf16 has a byte order mark, utf16be its high byte first",
      item: "f|utf16|base64: 'A'",
      matching: [#"{"f":"//5BAA=="}"#],
      other: [#"{"f":"QQA="}"#]
    ),
    Case(
      name: "utf16be",
      item: "f|utf16be|base64: 'A'",
      matching: [#"{"f":"AEE="}"#],
      other: [#"{"f":"QQA="}"#]
    ),
    Case(
      name: "wide by itself has zeros between",
      item: "f|wide|contains: 'ab'",
      matching: [#"{"f":"xa\u0000b\u0000"}"#],
      other: [#"{"f":"ab"}"#, #"{"f":"a\u0000b"}"#]
    ),
  ]

  @Test("mean what the specification says", arguments: texts + special + encodings)
  func meaning(_ example: Case) throws {
    let detection = "sel:\n  \(example.item)\ncondition: sel"
    let expected =
      example.matching.map { _ in true } + example.other.map { _ in false }
    #expect(try RuleText.matches(detection, example.matching + example.other) == expected)
  }

  @Test("a negated item holds where the field is absent", arguments: texts)
  func negation(_ example: Case) throws {
    let detection = "sel:\n  \(example.item)\ncondition: not sel"
    let events = example.matching + example.other + [#"{"other":"x"}"#]
    let expected = example.matching.map { _ in false } + example.other.map { _ in true } + [true]
    #expect(try RuleText.matches(detection, events) == expected)
  }
}
