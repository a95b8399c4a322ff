/// A path as the system knows it: bytes, which need not be UTF-8.
///
/// A log file may have any name. The bytes are what is opened; ``description`` is what is shown and
/// stored, with every byte that is no UTF-8 written as `\xHH`.
public struct SourcePath: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The bytes of the path, without a NUL.
  public let bytes: [UInt8]

  /// Standard input.
  public static let standardInput = SourcePath("-")

  /// Creates a path from text.
  ///
  /// - Parameter text: The path.
  public init(_ text: String) { self.init(bytes: Array(text.utf8)) }

  /// Creates a path from bytes.
  ///
  /// - Parameter bytes: The path; it ends before its first NUL, as the system has it.
  public init(bytes: some Collection<UInt8>) { self.bytes = Array(bytes.prefix { $0 != 0 }) }

  /// Orders by bytes.
  ///
  /// - Parameters:
  ///   - lhs: A path.
  ///   - rhs: Another.
  /// - Returns: Whether the left one comes first.
  public static func < (lhs: SourcePath, rhs: SourcePath) -> Bool {
    lhs.bytes.lexicographicallyPrecedes(rhs.bytes)
  }

  /// The path as text; bytes that are no UTF-8 are written as `\xHH`.
  public var description: String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = ""
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let length = sequenceLength(from: bytes[index])
      let sequence = bytes[index..<min(index + length, bytes.endIndex)]
      if let scalar = String(validating: sequence, as: UTF8.self) {
        text += scalar
        index += length
      } else {
        let digits = String(bytes[index], radix: 16)
        text += "\\x" + (digits.count < 2 ? "0" : "") + digits
        index += 1
      }
    }
    return text
  }

  private func sequenceLength(from lead: UInt8) -> Int {
    switch lead {
    case ..<0xe0: lead < 0xc0 ? 1 : 2
    case ..<0xf0: 3
    default: 4
    }
  }

  /// The name of the file or folder itself.
  var name: ArraySlice<UInt8> {
    bytes[(bytes.lastIndex(of: Self.slash).map { $0 + 1 } ?? 0)...]
  }

  /// The folder that holds it.
  var parent: SourcePath {
    guard let slash = bytes.lastIndex(of: Self.slash) else { return SourcePath(".") }
    return slash == 0 ? SourcePath("/") : SourcePath(bytes: Array(bytes[..<slash]))
  }

  /// The path of something in this folder.
  func appending(_ name: some Collection<UInt8>) -> SourcePath {
    SourcePath(bytes: (bytes.last == Self.slash ? bytes : bytes + [Self.slash]) + name)
  }

  /// The same folder with another name in it; keeps a path without a folder as it is.
  func replacingName(_ name: some Collection<UInt8>) -> SourcePath {
    SourcePath(bytes: bytes[..<self.name.startIndex] + Array(name))
  }

  private static let slash: UInt8 = 0x2f
}
