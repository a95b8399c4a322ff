import VedetteContent
import VedetteIngest
public import VedetteRules

/// Where the list of tactics and techniques comes from: the binary.
public enum TechniqueSource {
  private static let bytesMax = 16 << 20

  /// The list in the binary.
  public static var builtIn: TechniqueCatalog {
    guard
      let bytes = try? PackedBytes.unpack(VedetteContent.packedTechniques, bytesMax: bytesMax),
      let catalog = TechniqueCatalog(bytes)
    else { preconditionFailure("the techniques in the binary are damaged: build it anew") }
    return catalog
  }
}
