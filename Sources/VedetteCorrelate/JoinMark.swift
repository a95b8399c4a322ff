import VedetteEvent

/// A key by which findings join, in a word: what kind of key it is, and 61 bits of a hash of it.
///
/// A finding has dozens of keys and there are findings of a day, so they are not kept as texts.
struct JoinMark: Hashable, Sendable {
  /// What two findings that have a key in common are to each other.
  enum Kind: UInt64 {
    /// Somebody acts in both: see ``JoinKey``.
    case actor
    /// More addresses of one finding try an account than are named: a campaign.
    case spread
    /// An address tries an account: joins a campaign, but not another of its kind.
    case tried
    /// A rule, a source and a stretch of time: joins where there are too many.
    case many
    /// An entity of a finding of a rule: joins behaviour about it, but not another rule's.
    case has
    /// The one entity that a finding of behaviour is about.
    case about
    /// A finding of behaviour about what many share, which says nothing of any of them: it is part of
    /// no incident.
    case shared
  }

  /// The kind in the highest three bits.
  let value: UInt64

  /// Creates a mark from what ``value`` was.
  init(value: UInt64) { self.value = value }

  /// Creates the mark of a key.
  init(_ kind: Kind, _ key: String) {
    value = (kind.rawValue << 61) | (StableHash.of(key) >> 3)
  }

  /// What kind of key it is.
  var kind: Kind { Kind(rawValue: value >> 61) ?? .shared }

  /// The mark of the same key, of another kind.
  func of(_ kind: Kind) -> JoinMark {
    JoinMark(value: (kind.rawValue << 61) | ((value << 3) >> 3))
  }
}
