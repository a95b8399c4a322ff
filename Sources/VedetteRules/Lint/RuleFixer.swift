import VedetteDocuments
import VedetteEvent

/// A change that the fixer made.
public struct LintChange: Sendable, Hashable {
  /// The check whose finding it mends.
  public var check: String
  /// What was wrong.
  public var message: String
  /// Where, in the file as it was before this round of changes.
  public var location: SourceLocation
}

/// Mends what checks found where that is safe.
///
/// A fix is made only if the file still reads, every document has the same id, name, level, log
/// source and meaning as before, and the linter finds nothing new. Everything else of the file keeps
/// its bytes, comments and line ends among them.
public struct RuleFixer: Sendable {
  private static let roundsMax = 8
  private let linter: RuleLinter

  /// Creates a fixer.
  ///
  /// - Parameter linter: The linter whose findings are mended.
  public init(_ linter: RuleLinter) { self.linter = linter }

  /// Mends one file.
  ///
  /// - Parameter file: The file.
  /// - Returns: The file as it is now, and what was changed; nothing if there was nothing to mend.
  public func fix(_ file: RuleFile) -> (file: RuleFile, changes: [LintChange]) {
    var file = file
    var changes: [LintChange] = []
    // Removing one thing may uncover another, as a second copy of a tag.
    for _ in 0..<Self.roundsMax {
      let candidates = linter.fixes(file)
      guard !candidates.isEmpty else { break }
      let before = Facts(file, linter)
      var accepted = Self.disjoint(candidates)
      var fixed = Self.apply(accepted, to: file)
      if !before.allow(Facts(fixed, linter)) {
        // Something among them is not safe here: try each by itself.
        accepted = accepted.filter { candidate in
          before.allow(Facts(Self.apply([candidate], to: file), linter))
        }
        fixed = Self.apply(accepted, to: file)
        guard before.allow(Facts(fixed, linter)) else { break }
      }
      guard !accepted.isEmpty, fixed.bytes != file.bytes else { break }
      changes += accepted.map { candidate in
        LintChange(
          check: candidate.finding.check,
          message: candidate.finding.message,
          location: candidate.finding.location
        )
      }
      file = fixed
    }
    return (file, changes)
  }

  /// The fixes that do not touch what an earlier one touches.
  private static func disjoint(_ candidates: [LintCandidate]) -> [LintCandidate] {
    var taken: [Range<Int>] = []
    return candidates.filter { candidate in
      let ranges = candidate.fix.edits.map { ($0.range.lowerBound - 1)..<($0.range.upperBound + 1) }
      guard !ranges.contains(where: { range in taken.contains { $0.overlaps(range) } }) else {
        return false
      }
      taken += ranges
      return true
    }
  }

  private static func apply(_ candidates: [LintCandidate], to file: RuleFile) -> RuleFile {
    var file = file
    let edits = candidates.flatMap(\.fix.edits).sorted { $0.range.lowerBound > $1.range.lowerBound }
    for edit in edits { file.bytes.replaceSubrange(edit.range, with: edit.replacement) }
    return file
  }
}

/// A finding with its fix.
struct LintCandidate: Sendable {
  var finding: LintFinding
  var fix: LintFix
}

/// What a fix must not change.
private struct Facts {
  private struct Document: Equatable {
    var id: String?
    var name: String?
    var level: String?
    var meaning: RuleMeaning?
    var correlation: CorrelationRule?
  }

  private var documents: [Document?]
  private var counts: [String: Int]

  init(_ file: RuleFile, _ linter: RuleLinter) {
    documents = linter.documents(file).map { result in
      guard case .success(let document) = result else { return nil }
      return Self.document(document)
    }
    counts = linter.lint([file]).reduce(into: [:]) { $0[$1.check, default: 0] += 1 }
  }

  /// Whether what follows is the same but for what was mended.
  func allow(_ other: Facts) -> Bool {
    documents.count == other.documents.count
      && zip(documents, other.documents).allSatisfy { $0 == nil || $0 == $1 }
      && other.counts.allSatisfy { counts[$0.key, default: 0] >= $0.value }
      && other.counts.values.reduce(0, +) < counts.values.reduce(0, +)
  }

  private static func document(_ document: RuleDocument) -> Document {
    let metadata = document.metadata
    var facts = Document(
      id: metadata.id,
      name: metadata.name,
      level: metadata.level?.name,
      meaning: nil,
      correlation: nil
    )
    switch document {
    case .rule(let rule): facts.meaning = RuleMeaning(rule)
    case .filter(let filter): facts.meaning = RuleMeaning(filter.logSource, filter.detection)
    case .correlation(var correlation):
      // Places move, and what the document says about itself is looked at above.
      let origin = SourceLocation(path: "", position: .start)
      for index in correlation.inputs.indices { correlation.inputs[index].position = .start }
      correlation.metadata = RuleMetadata(
        id: "",
        declaredID: nil,
        name: nil,
        title: "",
        level: nil,
        status: nil,
        description: nil,
        author: nil,
        date: nil,
        modified: nil,
        references: [],
        tags: [],
        falsePositives: [],
        relativePath: "",
        location: origin
      )
      facts.correlation = correlation
    }
    return facts
  }
}
