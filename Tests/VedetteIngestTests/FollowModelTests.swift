import Testing
import VedetteEvent
import VedetteStatistics

@testable import VedetteIngest

/// Random lives of two logs against a list of every line that was ever written.
@Suite("Following against a model")
struct FollowModelTests {
  /// One log, what was written to it, and what its rotation left.
  struct Model {
    let name: String
    var written: [String] = []
    var partCount = 0
    var number = 0
    var openLine: String?
    /// A compressed part keeps its suffix.
    var isPacked: [Int: Bool] = [:]
  }

  enum Action: CaseIterable {
    case write, write2, writePart, rotate, rotateUnderLine, compress, copyTruncate, truncate, delete
    case poll, poll2, pollOne, pause, restart
  }

  @Test("every line comes once and in order, whatever happens", arguments: 0..<64 as Range<UInt64>)
  func model(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let folder = try TemporaryFolder()
    try folder.makeFolder("d")
    let isFolder = Bool.random(using: &random)
    let following = try Following(
      isFolder ? [folder["d"]] : [folder["d/a.log"], folder["d/b.log"]]
    )
    var models = [Model(name: "d/a.log"), Model(name: "d/b.log")]
    var history: [String] = []
    following.poll()
    for index in models.indices {
      // From here on each log has a part that is known, so that a restart is never the first start.
      try write(1, &models[index], folder)
      following.poll()
      try rotate(&models[index], folder)
    }
    for _ in 0..<60 {
      guard let action = Action.allCases.randomElement(using: &random) else { continue }
      let index = Int.random(in: 0...1, using: &random)
      history.append("\(action) \(index)")
      try perform(action, on: &models[index], folder, following, &random)
    }
    for index in models.indices { try endLine(&models[index], folder) }
    following.pollLater()
    for model in models {
      let lines = following.records.filter { $0.source == folder[model.name] }
      let difference = firstDifference(lines.map(\.record.text), model.written)
      #expect(difference == nil, "seed \(seed), folder \(isFolder): \(history)")
      #expect(lines.allSatisfy { !$0.record.isCut })
    }
    following.restart()
    #expect(following.poll().isEmpty, "seed \(seed): nothing is new after a restart")
  }

  /// Short enough to read: where two lists of lines part.
  private func firstDifference(_ given: [String], _ written: [String]) -> String? {
    guard given != written else { return nil }
    let index = zip(given, written).enumerated().first { $1.0 != $1.1 }?.offset
    let place = index ?? min(given.count, written.count)
    let next = { (lines: [String]) in lines.dropFirst(place).prefix(2) }
    return "line \(place) of \(given.count)/\(written.count): \(next(given)), not \(next(written))"
  }

  private func perform(
    _ action: Action,
    on model: inout Model,
    _ folder: TemporaryFolder,
    _ following: Following,
    _ random: inout SplitMix64
  ) throws {
    switch action {
    case .write, .write2:
      try write(Int.random(in: 1...40, using: &random), &model, folder)
    case .writePart:
      try endLine(&model, folder)
      model.number += 1
      model.openLine = "\(model.name) \(model.number) in two"
      try folder.append(model.name, "\(model.name) \(model.number)")
    case .rotate:
      try endLine(&model, folder)
      try rotate(&model, folder)
    case .rotateUnderLine:
      let open = model.openLine
      model.openLine = nil
      guard try rotate(&model, folder), let open else {
        model.openLine = open
        return
      }
      // The writer still has the old file and ends its line there.
      try folder.append(model.name + ".1", " in two\n")
      model.written.append(open)
    case .compress:
      try compress(&model, folder, following)
    case .copyTruncate, .truncate, .delete:
      try replace(action, &model, folder, following)
    case .poll, .poll2:
      following.poll()
    case .pollOne:
      following.poll(chunks: 1)
    case .pause:
      following.pollLater()
    case .restart:
      following.restart()
    }
  }

  private func write(_ count: Int, _ model: inout Model, _ folder: TemporaryFolder) throws {
    try endLine(&model, folder)
    var text = ""
    for _ in 0..<count {
      model.number += 1
      let line = "\(model.name) \(model.number)"
      model.written.append(line)
      text += line + "\n"
    }
    try folder.append(model.name, text)
  }

  private func endLine(_ model: inout Model, _ folder: TemporaryFolder) throws {
    guard let line = model.openLine else { return }
    model.openLine = nil
    model.written.append(line)
    try folder.append(model.name, " in two\n")
  }

  /// Renames every part; returns whether there was a live file.
  @discardableResult
  private func rotate(_ model: inout Model, _ folder: TemporaryFolder) throws -> Bool {
    guard folder.inode(model.name) != 0 else { return false }
    try shift(&model, folder)
    try folder.rename(model.name, model.name + ".1")
    return true
  }

  private func shift(_ model: inout Model, _ folder: TemporaryFolder) throws {
    var isPacked: [Int: Bool] = [:]
    for part in stride(from: model.partCount, to: 0, by: -1) {
      let suffix = model.isPacked[part] == true ? ".gz" : ""
      try folder.rename("\(model.name).\(part)\(suffix)", "\(model.name).\(part + 1)\(suffix)")
      isPacked[part + 1] = model.isPacked[part]
    }
    model.isPacked = isPacked
    model.partCount += 1
  }

  /// Compresses the second part, as `delaycompress` does.
  private func compress(
    _ model: inout Model,
    _ folder: TemporaryFolder,
    _ following: Following
  ) throws {
    guard model.partCount >= 2, model.isPacked[2] != true else { return }
    let name = "\(model.name).2"
    try folder.write(name + ".gz", Gzip.member(try folder.read(name)))
    // Both are there for a moment, and a poll may see it.
    if model.number.isMultiple(of: 2) { following.poll() }
    try folder.remove(name)
    model.isPacked[2] = true
  }

  /// What destroys content happens after it was read: else a line would be lost by design.
  private func replace(
    _ action: Action,
    _ model: inout Model,
    _ folder: TemporaryFolder,
    _ following: Following
  ) throws {
    guard folder.inode(model.name) != 0 else { return }
    try endLine(&model, folder)
    switch action {
    case .copyTruncate:
      guard !(try folder.read(model.name)).isEmpty else { return }
      try shift(&model, folder)
      try folder.copy(model.name, model.name + ".1")
      if model.number.isMultiple(of: 2) { following.poll() }
      try folder.truncate(model.name)
    case .truncate:
      following.poll()
      try folder.truncate(model.name)
    default:
      following.poll()
      try folder.remove(model.name)
    }
  }
}
