import VedetteEvent
import VedetteFindings
import VedetteStatistics

// How the watch over model access is saved, value by value.

extension SnapshotWriter {
  mutating func write(_ entities: [Entity]) {
    write(count: entities.count)
    for entity in entities {
      write(entity.key.description)
      write(entity.role.rawValue)
    }
  }

  mutating func write(_ flag: Bool) { write(byte: flag ? 1 : 0) }
}

extension SnapshotReader {
  mutating func entities() -> [Entity] {
    var entities: [Entity] = []
    for _ in 0..<count(elementBytes: 2) {
      let key = EntityKey(text())
      let role = EntityRole(rawValue: text())
      guard let key, let role else {
        fail()
        return []
      }
      entities.append(Entity(type: key.type, value: key.value, role: role))
    }
    return entities
  }

  mutating func key() -> EntityKey {
    guard let key = EntityKey(text()) else {
      fail()
      return EntityKey(type: .user, value: "")
    }
    return key
  }
}

extension AccessSignal {
  func write(to writer: inout SnapshotWriter) {
    writer.write(byte: family.rawValue)
    writer.write(name)
    writer.write(time)
    writer.write(ordinal)
    writer.write(source.name)
    writer.write(points)
    writer.write(observed)
    writer.write(expected ?? -1)
    writer.write(calls)
    writer.write(cost)
    writer.write(entities)
    evidence.write(to: &writer)
  }

  init(_ subject: EntityKey, from reader: inout SnapshotReader) {
    self.subject = subject
    family = SignalFamily(rawValue: reader.byte()) ?? .origin
    name = reader.text()
    time = reader.int64()
    ordinal = reader.int64()
    source = SourceID(reader.text())
    points = reader.double()
    observed = reader.double()
    let expected = reader.double()
    self.expected = expected < 0 ? nil : expected
    calls = reader.uint64()
    cost = reader.int64()
    entities = reader.entities()
    evidence = WindowEvidence(from: &reader)
  }
}

extension ModelCall {
  func write(to writer: inout SnapshotWriter) {
    writer.write(time)
    writer.write(ordinal)
    writer.write(subject.description)
    for attribute in CallAttribute.allCases { writer.write(self[attribute]) }
    for hash in [team, conversation, prompt, similarity] { writer.write(hash) }
    writer.write(tool)
    writer.write(outputTokens)
    writer.write(cost)
    writer.write(byte: guardrail.rawValue)
    for flag in [isFailure, isInvocation, isTraining, artifact != nil] { writer.write(flag) }
    if let artifact {
      writer.write(artifact.isDataset)
      writer.write(artifact.isWrite)
      writer.write(artifact.object)
      writer.write(Int64(artifact.shard))
      writer.write(Int64(artifact.shards))
    }
    writer.write(entities)
    evidence.write(to: &writer)
  }

  init(from reader: inout SnapshotReader) {
    time = reader.int64()
    ordinal = reader.int64()
    subject = reader.key()
    for attribute in CallAttribute.allCases { values[attribute.rawValue] = reader.uint64() }
    team = reader.uint64()
    conversation = reader.uint64()
    prompt = reader.uint64()
    similarity = reader.uint64()
    tool = reader.text()
    outputTokens = reader.int64()
    cost = reader.int64()
    guardrail = Guardrail(rawValue: reader.byte()) ?? .unknown
    isFailure = reader.byte() == 1
    isInvocation = reader.byte() == 1
    isTraining = reader.byte() == 1
    if reader.byte() == 1 {
      artifact = ArtifactFacts(
        isDataset: reader.byte() == 1,
        isWrite: reader.byte() == 1,
        object: reader.uint64(),
        shard: Int(clamping: reader.int64()),
        shards: Int(clamping: reader.int64())
      )
    }
    entities = reader.entities()
    evidence = WindowEvidence(from: &reader)
  }
}

extension KeyHabits.Level {
  func write(to writer: inout SnapshotWriter) {
    for value in [count, mean, variance] { writer.write(value) }
  }

  init(from reader: inout SnapshotReader) {
    count = reader.double()
    mean = reader.double()
    variance = reader.double()
  }
}

extension KeyHabits {
  func write(to writer: inout SnapshotWriter) {
    writer.write(firstSeen)
    writer.write(calls)
    writer.write(lastDay)
    for list in values {
      writer.write(count: list.count)
      for known in list {
        writer.write(known.hash)
        writer.write(known.first)
        writer.write(known.last)
      }
    }
    for count in novelties { writer.write(count) }
    purposes.write(to: &writer)
    for value in [prompts, unknownPrompts, guarded, unguardedRun] { writer.write(value) }
    for level in [answers, hourlyCalls, hourlyCost] { level.write(to: &writer) }
    for value in [hour, callsThisHour, costThisHour] { writer.write(value) }
    writer.write(wasStrange)
    strange.write(to: &writer)
  }

  init(from reader: inout SnapshotReader) {
    self.init(firstSeen: reader.int64())
    calls = reader.uint64()
    lastDay = reader.int64()
    for index in values.indices {
      for _ in 0..<reader.count(elementBytes: 24) {
        values[index].append(
          Known(hash: reader.uint64(), first: reader.int64(), last: reader.int64())
        )
      }
    }
    for index in novelties.indices { novelties[index] = reader.uint32() }
    purposes = Purposes(from: &reader)
    prompts = reader.uint64()
    unknownPrompts = reader.uint64()
    guarded = reader.uint64()
    unguardedRun = reader.uint64()
    answers = Level(from: &reader)
    hourlyCalls = Level(from: &reader)
    hourlyCost = Level(from: &reader)
    hour = reader.int64()
    callsThisHour = reader.int64()
    costThisHour = reader.int64()
    wasStrange = reader.byte() == 1
    strange = StrangeCalls(from: &reader)
  }
}

extension StrangeCalls {
  func write(to writer: inout SnapshotWriter) {
    for value in [foreignPrompts, prompts, answerCount, answerSum] { writer.write(value) }
    writer.write(count: gaps.count)
    for gap in gaps { writer.write(gap) }
    writer.write(last)
    writer.write(count)
    writer.write(cost)
    writer.write(count: told.count)
    for (name, halves) in told.sorted(by: { $0.key < $1.key }) {
      writer.write(name)
      writer.write(Int64(halves))
    }
  }

  init(from reader: inout SnapshotReader) {
    foreignPrompts = reader.double()
    prompts = reader.double()
    answerCount = reader.double()
    answerSum = reader.double()
    for _ in 0..<reader.count(elementBytes: 8) { gaps.append(reader.double()) }
    last = reader.int64()
    count = reader.uint64()
    cost = reader.int64()
    for _ in 0..<reader.count(elementBytes: 9) {
      let name = reader.text()
      told[name] = Int(clamping: reader.int64())
    }
  }
}
