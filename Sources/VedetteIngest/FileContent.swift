/// The content of a file that is small enough to be held.
public enum FileContent {
  /// Reads a file from its beginning, unpacked if it is compressed.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - bytesMax: The most bytes to hold.
  /// - Returns: The bytes, or `nil` if there are more than that.
  /// - Throws: ``IngestError`` if it can't be read to its end.
  public static func read(_ path: String, bytesMax: Int) throws(IngestError) -> [UInt8]? {
    var content = try ContentReader(SourcePath(path))
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: ContentReader.pieceBytes)
    while true {
      let count = content.read(into: &piece)
      guard count > 0 else { break }
      guard bytes.count + count <= bytesMax else { return nil }
      bytes.append(contentsOf: piece[..<count])
    }
    if let problem = content.problem { throw problem }
    return bytes
  }
}
