import Foundation
import Testing
import VedetteEvent
import VedetteRules

@testable import VedetteBenchmarks

@Suite("Generated rules and the plot")
struct RuleBenchmarkTests {
  @Test("every rule can be used, and the same ones come each time")
  func rules() {
    var maker = GeneratedRules()
    let files = maker.files(300)
    let set = RuleLoader().load(files)
    #expect(set.errors == [])
    #expect(set.entries.count == 300)
    var again = GeneratedRules()
    #expect(again.files(300) == files)
    var more = GeneratedRules()
    #expect(Array(more.files(400).prefix(300)) == files)
  }

  @Test("every line is an object, and the same ones come each time")
  func events() throws {
    var source = WindowsLines()
    var writer = LineWriter()
    for _ in 0..<200 { source.write(to: &writer) }
    var again = LineWriter()
    var other = WindowsLines()
    for _ in 0..<200 { other.write(to: &again) }
    #expect(again.bytes == writer.bytes)
    for line in writer.bytes.split(separator: 0x0a) {
      let value = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
      #expect(value?["EventID"] is Int)
      #expect(value?["Image"] is String)
    }
  }

  @Test("the plot is well-formed and its points are where they belong")
  func plot() throws {
    let series = ScalingPlot.Series(
      name: "one",
      color: "#000000",
      points: [10, 1_000, 100_000].map {
        ScalingPlot.Point(rules: $0, eventsPerSecond: 1e9 / Double($0))
      }
    )
    let svg = ScalingPlot(title: "t", series: [series]).svg
    let parser = XMLCheck()
    #expect(parser.isWellFormed(svg))
    // From the left upper corner of the field to the right lower one, the middle between them.
    #expect(svg.contains("points=\"90.0,48.0 393.0,204.0 696.0,360.0\""))
  }

  @Test("options of the rule benchmark")
  func options() throws {
    let options = try BenchmarkOptions([
      "--rules", "--rules-max", "1000", "--plot", "a.svg", "--sigma", "x", "--scan-megabytes", "5",
    ])
    #expect(options.measuresRules && options.rulesMax == 1_000 && options.plotPath == "a.svg")
    #expect(options.sigmaFolder == "x" && options.scanMegabytes == 5)
    #expect(throws: BenchmarkError.self) { try BenchmarkOptions(["--rules-max", "5"]) }
  }
}

/// Whether tags are closed in the order in which they were opened.
private struct XMLCheck {
  func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    for match in text.matches(of: #/<(/?)([a-z]+)[^<>]*?(/?)>/#) {
      let (_, closing, name, single) = match.output
      if !single.isEmpty { continue }
      if closing.isEmpty {
        open.append(name)
      } else if open.popLast() != name {
        return false
      }
    }
    return open.isEmpty
  }
}
