import VedetteEvent
import VedetteIngest

/// The beginning of a file that is read on in its middle.
enum FileHead {
  /// Reads the first chunk of a file.
  ///
  /// - Parameter path: The file.
  /// - Returns: Its first records, or `nil` if they can't be read.
  static func chunk(of path: String) -> RecordChunk? {
    do throws(IngestError) {
      var reader = try FileReader(SourceFile(SourcePath(path)), framing: nil)
      return try reader.nextChunk()
    } catch {
      return nil
    }
  }
}
