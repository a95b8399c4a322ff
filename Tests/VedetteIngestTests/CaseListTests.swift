import Foundation
import Testing

/// Every case of following that the operations article promises has a test with its number.
@Suite("The list of cases")
struct CaseListTests {
  static let caseCount = 35
  static let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL

  private func sources() throws -> String {
    let folder = Self.root.appending(path: "Tests/VedetteIngestTests")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let files = names.filter { $0.hasSuffix(".swift") && $0 != "CaseListTests.swift" }
    return try files.map {
      try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
    }.joined()
  }

  @Test("each case has a row in the article and a test in this folder")
  func complete() throws {
    let tests = try sources()
    let article = try String(
      contentsOf: Self.root.appending(path: "Sources/Vedette/Vedette.docc/Operations.md"),
      encoding: .utf8
    )
    for number in 1...Self.caseCount {
      let digits = number < 10 ? "0\(number)" : "\(number)"
      #expect(tests.contains("func case\(digits)_"), "no test of case \(number)")
      #expect(article.contains("\n| \(number) | "), "no row of case \(number)")
    }
  }
}
