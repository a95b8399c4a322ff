import Crypto
import FoundationEssentials

/// HMAC-SHA-256 (RFC 2104) with one key.
///
/// For what must be recognized again but not guessed from its digest, as a short prompt or a user
/// name: without the key nobody can try candidates.
public struct KeyedDigest: Sendable {
  private let key: SymmetricKey

  /// Creates an authenticator.
  ///
  /// - Parameter key: A secret; 32 random bytes are right.
  public init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

  /// Returns the HMAC-SHA-256 of bytes.
  public func of(_ bytes: [UInt8]) -> Digest {
    Digest(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
  }

  /// Says whether a code belongs to bytes, in a time that doesn't depend on where they differ.
  ///
  /// - Parameters:
  ///   - code: The code that came with the bytes.
  ///   - bytes: The bytes.
  /// - Returns: Whether the code is that of the bytes.
  public func isValid(_ code: Digest, for bytes: [UInt8]) -> Bool {
    HMAC<SHA256>.isValidAuthenticationCode(code.bytes, authenticating: bytes, using: key)
  }
}
