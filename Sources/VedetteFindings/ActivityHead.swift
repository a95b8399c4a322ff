/// The end of the activity at some time: how many lines there were, and the digest of the last.
///
/// As each line holds the digest of the one before, whoever has kept a head elsewhere can tell
/// whether any line up to it was changed, left out or written anew.
public struct ActivityHead: Sendable, Hashable, CustomStringConvertible {
  /// The number of the last line, 0 if there is none.
  public let number: Int
  /// The digest of the last line as 64 hex digits, all 0 if there is none.
  public let digest: String

  /// Creates a head.
  ///
  /// - Parameters:
  ///   - number: The number of the last line.
  ///   - digest: Its digest as 64 hex digits.
  public init(number: Int, digest: String) {
    self.number = number
    self.digest = digest
  }

  /// Reads a head as it is printed, or returns `nil` if the text is none.
  ///
  /// - Parameter text: `12:` and 64 hex digits.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), number >= 0, parts[1].utf8.count == 64
    else { return nil }
    let digest = parts[1].lowercased()
    guard digest.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
      return nil
    }
    self.init(number: number, digest: digest)
  }

  /// `12:` and 64 hex digits.
  public var description: String { "\(number):\(digest)" }
}
