import VedetteEvent

/// Bytes that were packed with gzip and are unpacked in memory: what ships in the binary.
public enum PackedBytes {
  /// Unpacks bytes.
  ///
  /// - Parameters:
  ///   - packed: One or more gzip members.
  ///   - bytesMax: The most bytes to unpack.
  /// - Returns: The bytes.
  /// - Throws: ``IngestError/Problem`` if the input is damaged or unpacks to more.
  public static func unpack(
    _ packed: [UInt8],
    bytesMax: Int
  ) throws(IngestError.Problem) -> [UInt8] {
    let decompressor = try Decompressor()
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    var range = packed.indices
    while true {
      let count = try decompressor.decompress(packed, &range, into: &piece)
      guard count > 0 else { break }
      guard output.count + count <= bytesMax else { throw .corrupt("more than \(bytesMax) bytes") }
      output.append(contentsOf: piece[..<count])
    }
    if let problem = decompressor.problemAtEnd() { throw problem }
    return output
  }
}
