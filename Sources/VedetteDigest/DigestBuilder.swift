import Crypto
import FoundationEssentials

/// A SHA-256 of bytes that come in pieces.
///
/// However the bytes are cut, the digest is that of all of them.
public struct DigestBuilder: Sendable {
  private var hash = SHA256()

  /// Creates a hash of nothing.
  public init() {}

  /// Adds bytes.
  ///
  /// - Parameter bytes: The next bytes.
  public mutating func update(_ bytes: [UInt8]) { hash.update(data: bytes) }

  /// Adds bytes.
  ///
  /// - Parameter bytes: The next bytes.
  public mutating func update(_ bytes: ArraySlice<UInt8>) { hash.update(data: bytes) }

  /// Adds a text as UTF-8, without its length.
  ///
  /// - Parameter text: The next text.
  public mutating func update(_ text: String) { hash.update(data: Array(text.utf8)) }

  /// The digest of what was added so far; more can be added afterwards.
  public var digest: Digest { Digest(hash.finalize()) }
}
