import Testing
import Vedette
import VedetteFindings

/// Holds every finding of behaviour in the sample logs to what an explanation promises.
@Suite("Explanations in the sample logs")
struct ExplanationTests {
  @Test("terms add up, and what would have passed is said", arguments: try SampleLogs.names)
  func explanations(name: String) throws {
    let outcome = try SampleLogs.replay(SampleLogs.folder(name), workers: 2)
    let kinds: Set<DetectorKind> = [.baseline, .newValue, .outlier]
    let findings = outcome.details.flatMap(\.findings).filter { kinds.contains($0.detector) }
    if !name.hasSuffix("-benign") { #expect(!findings.isEmpty) }
    for finding in findings {
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
}
