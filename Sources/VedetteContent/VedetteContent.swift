// What ships in the binary beside code, so that a copied binary works alone.
//
// `make pack` writes Resources/rules.pack and tests.pack from the folder `rules/`, and Resources/techniques.pack
// from Data/techniques.tsv; tests hold them equal. Both are gzip, because a large literal compiles
// slowly: 150 kB took 72 seconds, packed it is an eighth of that. The rules are entries
// `path TAB length NEWLINE bytes`, in the order of the paths.

/// The detection content of this release, packed.
public enum VedetteContent {
  /// The rules below `rules/`, without their tests.
  public static var packedRules: [UInt8] { PackageResources.rules_pack }

  /// The tests below `rules/`, packed in the same way.
  public static var packedTests: [UInt8] { PackageResources.tests_pack }

  /// The tactics and techniques of ATT&CK and ATLAS, packed: lines of values parted by tabs.
  public static var packedTechniques: [UInt8] { PackageResources.techniques_pack }

  /// Splits unpacked content into its files.
  ///
  /// - Parameter bytes: What ``packedRules`` unpacks to.
  /// - Returns: Paths and bytes, in order, or `nil` if the bytes are not of that form.
  public static func files(in bytes: [UInt8]) -> [(path: String, bytes: [UInt8])]? {
    var files: [(path: String, bytes: [UInt8])] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      let parts = rest[..<end].split(separator: UInt8(ascii: "\t"))
      rest = rest[(end + 1)...]
      guard parts.count == 2, let length = Int(String(decoding: parts[1], as: UTF8.self)),
        length >= 0, length <= rest.count
      else { return nil }
      files.append((String(decoding: parts[0], as: UTF8.self), Array(rest.prefix(length))))
      rest = rest.dropFirst(length)
    }
    return files
  }
}
