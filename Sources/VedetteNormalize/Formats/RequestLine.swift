// `GET /path?query HTTP/1.1`, as a server logged it.

extension FieldWriter {
  /// Writes the parts of a request line; of one that is malformed, the whole as the target.
  ///
  /// - Parameters:
  ///   - record: The line.
  ///   - request: The request line in it.
  ///   - hasDomain: Whether the host that was asked is known already.
  mutating func writeRequest(
    _ record: Span<UInt8>,
    _ request: Range<Int>,
    hasDomain: Bool = false
  ) {
    guard !request.isEmpty, !record.equals("-", request) else { return }
    var target = request
    let method = record.word(&target)
    guard isMethod(record, method), !target.isEmpty else {
      return writeUnescaped(.urlOriginal, record, request)
    }
    if let place = record.last(" HTTP/", target) {
      let version = place + 6..<target.upperBound
      if version.count <= 8, record.first(.space, version) == nil {
        write(.httpVersion, record, version)
        target = target.lowerBound..<place
      }
    }
    write(.requestMethod, record, method)
    writeTarget(record, target, hasDomain: hasDomain)
  }

  private func isMethod(_ record: Span<UInt8>, _ word: Range<Int>) -> Bool {
    guard (1...20).contains(word.count), record[word.lowerBound].isLetter else { return false }
    for index in word where !record[index].isLetter && record[index] != UInt8(ascii: "-") {
      guard record[index] == UInt8(ascii: "_") else { return false }
    }
    return true
  }

  private mutating func writeTarget(
    _ record: Span<UInt8>,
    _ target: Range<Int>,
    hasDomain: Bool
  ) {
    writeUnescaped(.urlOriginal, record, target)
    var path = target
    if !record.hasPrefix("/", target) {
      // The absolute form, as proxies are sent: `http://host[:port]/path`.
      let limit = min(target.lowerBound + 8, target.upperBound)
      guard let scheme = record.first("://", target.lowerBound..<limit) else { return }
      let host = scheme + 3..<target.upperBound
      let end = record.first(UInt8(ascii: "/"), host) ?? host.upperBound
      let port = record.last(.colon, host.lowerBound..<end)
      if !hasDomain {
        writeUnescaped(.urlDomain, record, host.lowerBound..<(port ?? end))
      }
      path = end..<target.upperBound
    }
    let mark = record.first(UInt8(ascii: "?"), path)
    if !path.isEmpty {
      let plain = path.lowerBound..<(mark ?? path.upperBound)
      writeUnescaped(.urlPath, record, plain)
      writeModelFile(record, plain)
    }
    if let mark { writeUnescaped(.urlQuery, record, mark + 1..<path.upperBound) }
  }

  /// A mirror of models serves their weights as files: which one, and which part of it.
  private mutating func writeModelFile(_ record: Span<UInt8>, _ path: Range<Int>) {
    guard let file = ModelFile(path: record.extracting(path)) else { return }
    write(.artifactName, record, path.lowerBound + file.nameStart..<path.upperBound)
    write(.artifactKind, "weights")
    if let shard = file.shard { write(.artifactShard, shard) }
    if let shards = file.shards { write(.artifactShards, shards) }
  }
}
