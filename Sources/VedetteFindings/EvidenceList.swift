/// Something that evidence is made of when it is asked for.
///
/// Thousands of findings can be about to be written, and each shows fifty events: they refer to what
/// a detector holds anyway, and become evidence one finding at a time.
public protocol EvidenceSource: AnyObject, Sendable {
  /// What is shown of it.
  var evidence: Evidence { get }
}

/// The evidence of a finding: itself, or what it is made of.
struct EvidenceList: Sendable {
  private enum Content {
    case itself([Evidence])
    case sources([any EvidenceSource])
  }

  private var content: Content

  init(_ evidence: [Evidence]) { content = .itself(evidence) }

  init(of sources: [any EvidenceSource]) { content = .sources(sources) }

  var all: [Evidence] {
    switch content {
    case .itself(let evidence): evidence
    case .sources(let sources): sources.map(\.evidence)
    }
  }
}

extension EvidenceList: Hashable {
  static func == (left: EvidenceList, right: EvidenceList) -> Bool { left.all == right.all }

  func hash(into hasher: inout Hasher) { hasher.combine(all) }
}
