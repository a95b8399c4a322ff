import Foundation

/// The patterns of the published Sigma rules, which lie beside the package on some machines.
struct SigmaRegexCorpus {
  /// The distinct patterns, in order.
  let patterns: [String]
  /// Lines of the rules, which hold the sort of text that events do.
  let lines: [String]

  /// Reads the rules, or returns nil if they aren't there.
  init?() throws {
    let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    let archive = package.standardizedFileURL
      .appending(path: "../shared/data/sigma/sigmahq-rules.tar.xz").standardizedFileURL
    guard FileManager.default.fileExists(atPath: archive.path) else { return nil }

    // What follows each pattern's key, and a line here and there, out of six megabytes.
    let filter = #"/\|re(\||:)/ { n = 60 } n-- > 0 || NR % 997 == 0"#
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", #"tar -xJOf "$0" | LC_ALL=C awk "$1""#, archive.path, filter]
    let pipe = Pipe()
    shell.standardOutput = pipe
    try shell.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    shell.waitUntilExit()

    lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    patterns = Set(Self.patterns(in: lines)).sorted()
  }

  /// Finds the values of keys with the modifier `re`, on their line or in the list below.
  private static func patterns(in lines: [String]) -> [String] {
    var patterns: [String] = []
    var listIndent: Int?
    for line in lines {
      let text = line.drop { $0 == " " }
      let indent = line.count - text.count
      if let key = text.firstRange(of: /^(- )?[\w.\-]*\|re(\|[a-z0-9|]+)?:/) {
        let value = text[key.upperBound...].drop { $0 == " " }
        let isList = value.isEmpty || value.hasPrefix("#")
        // In a list of maps, an item as deep as the dash of this one is the next map.
        listIndent = isList ? indent + (text.hasPrefix("- ") ? 1 : 0) : nil
        if !isList { patterns.append(scalar(value)) }
      } else if let open = listIndent, indent >= open, text.hasPrefix("- ") {
        patterns.append(scalar(text.dropFirst(2).drop { $0 == " " }))
      } else if !text.hasPrefix("#") {
        listIndent = nil
      }
    }
    return patterns
  }

  /// Reads a YAML scalar of one line: single-quoted, double-quoted without escapes, or plain.
  private static func scalar(_ text: Substring) -> String {
    if text.hasPrefix("'") {
      let body = String(text.dropFirst()).replacing("''", with: "\u{0}")
      return String(body.prefix { $0 != "'" }).replacing("\u{0}", with: "'")
    }
    if text.hasPrefix("\"") { return String(text.dropFirst().prefix { $0 != "\"" }) }
    let end = text.firstRange(of: " #")?.lowerBound ?? text.endIndex
    let plain = text[..<end]
    return String(plain.reversed().drop { $0 == " " }.reversed())
  }
}
