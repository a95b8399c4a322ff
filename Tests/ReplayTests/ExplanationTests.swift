import Testing
import Vedette
import VedetteFindings

/// Holds every finding of behaviour in the sample logs to what an explanation promises.
@Suite("Explanations in the sample logs")
struct ExplanationTests {
  @Test("terms add up, and what would have passed is said")
  func explanations() throws {
    let kinds: Set<DetectorKind> = [.baseline, .newValue, .outlier]
    var count = 0
    for name in try SampleLogs.names {
      let outcome = try SampleLogs.replay(SampleLogs.folder(name), workers: 2)
      for finding in outcome.details.flatMap(\.findings) where kinds.contains(finding.detector) {
        check(finding)
        count += 1
      }
    }
    #expect(count > 0)
  }

  private func check(_ finding: Finding) {
    let explanation = finding.explanation
    let sum = explanation.terms.reduce(0) { $0 + $1.contribution }
    #expect(sum == Double(finding.score), "\(finding.title): \(explanation.terms)")
    #expect(!explanation.summary.isEmpty && !explanation.nearestNormal.isEmpty)
    let bounds = explanation.terms.compactMap { term in term.bound.map { (term.observed, $0) } }
    #expect(bounds.isEmpty == explanation.summary.contains("no single one"))
    for (observed, bound) in bounds { #expect(bound.isFinite && bound != observed) }
    if finding.detector == .baseline {
      #expect(bounds[0].1 < bounds[0].0, "\(finding.title): \(explanation.terms)")
    }
  }
}
