/// What a path says of a file of model weights.
///
/// `s3://models/llama/model-00003-of-00030.safetensors` is the third of thirty parts.
struct ModelFile: Equatable {
  /// Where in the path the file's name starts.
  var nameStart: Int
  /// Which part it is, from one.
  var shard: Int64?
  /// How many parts there are.
  var shards: Int64?

  private static let endings: [StaticString] = [
    ".safetensors", ".gguf", ".bin", ".pt", ".pth", ".ckpt", ".onnx", ".h5", ".pkl",
  ]

  /// Reads a path, or returns `nil` if it does not end as files of weights do.
  init?(path: Span<UInt8>) {
    guard Self.endings.contains(where: { path.hasSuffix($0) }) else { return nil }
    nameStart = path.offset(afterLast: UInt8(ascii: "/"))
    let stem = path.extracting(nameStart..<path.offset(afterLast: UInt8(ascii: ".")) - 1)
    // …-00003-of-00030
    let lastDash = stem.offset(afterLast: UInt8(ascii: "-"))
    guard lastDash >= 4, let shards = stem.extracting(lastDash..<stem.count).integer else { return }
    let head = stem.extracting(0..<lastDash)
    guard head.hasSuffix("-of-") else { return }
    let front = head.extracting(0..<head.count - 4)
    let dash = front.offset(afterLast: UInt8(ascii: "-"))
    guard let shard = front.extracting(dash..<front.count).integer else { return }
    self.shard = shard
    self.shards = shards
  }
}

/// What a path says of a file that models are trained with or an index is made from.
enum DatasetFile {
  private static let endings: [StaticString] = [
    ".jsonl", ".jsonl.gz", ".parquet", ".arrow", ".tfrecord", ".csv", ".txt", ".md", ".pdf",
  ]
  private static let folders: [StaticString] = [
    "train/", "training/", "dataset/", "datasets/", "finetune/", "fine-tune/", "fine-tuning/",
    "knowledge/", "knowledge-base/", "corpus/", "rag/",
  ]

  /// Whether a path is that of such a file: by its ending, in a folder that is called after them.
  static func isOne(_ path: Span<UInt8>) -> Bool {
    guard endings.contains(where: { path.hasSuffix($0) }) else { return false }
    var start = 0
    while start < path.count {
      let rest = path.extracting(start..<path.count)
      if folders.contains(where: { rest.hasPrefix($0) }) { return true }
      let length = rest.offset(of: UInt8(ascii: "/"))
      start += length + 1
    }
    return false
  }
}
