import Foundation

/// Foundation's own JSON parser on each line: what a plain program would do.
struct PlainJSONStage: Stage {
  static let name = "plain JSON parse"
  var name: String { Self.name }
  var bytesMax: Int? { 16_000_000 }

  func takes(_ kind: InputKind) -> Bool { kind.isJSON }

  func run(_ file: InputFile) throws(BenchmarkError) -> Pass {
    guard let data = FileManager.default.contents(atPath: file.path) else {
      throw .failed("\(file.path): can't read it")
    }
    return try .inProcess { () throws(BenchmarkError) in
      var events = 0
      for line in data.split(separator: 0x0a) {
        let value = try? JSONSerialization.jsonObject(with: line)
        if value is [String: Any] { events += 1 }
      }
      guard events == file.lineCount else {
        throw .failed("\(file.path): \(file.lineCount - events) lines are not JSON")
      }
      return Work(bytes: data.count, events: events)
    }
  }
}
