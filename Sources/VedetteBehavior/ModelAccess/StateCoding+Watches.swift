import VedetteEvent
import VedetteFindings
import VedetteStatistics

// How what is shared by the keys of a source is saved.

extension KeyWatch {
  /// Writes all but the habits, which have rows of their own.
  func write(to writer: inout SnapshotWriter) {
    rates.write(to: &writer)
    writer.write(ordinal)
    writer.write(firstTime)
    writer.write(evicted)
    writer.write(count: owners.count)
    for (hash, keys) in owners.sorted(by: { $0.key < $1.key }) {
      writer.write(hash)
      writer.write(count: keys.count)
      for key in keys { writer.write(key.description) }
    }
  }

  mutating func restore(from reader: inout SnapshotReader) {
    rates = NoveltyRates(from: &reader)
    ordinal = reader.int64()
    firstTime = reader.int64()
    evicted = reader.uint64()
    for _ in 0..<reader.count(elementBytes: 9) {
      let hash = reader.uint64()
      var keys: [EntityKey] = []
      for _ in 0..<reader.count(elementBytes: 2) { keys.append(reader.key()) }
      owners[hash] = keys
    }
  }
}

extension SharedPurposes {
  func write(to writer: inout SnapshotWriter) {
    writer.write(count: clusters.count)
    for cluster in clusters {
      cluster.purpose.write(to: &writer)
      writer.write(count: cluster.members.count)
      for member in cluster.members {
        writer.write(member.subject.description)
        writer.write(member.team)
        writer.write(member.count)
        writer.write(member.entities)
      }
      writer.write(count: cluster.prompts.count)
      for prompt in cluster.prompts { writer.write(prompt) }
      writer.write(cluster.cost)
      writer.write(cluster.evidence)
      writer.write(cluster.isTold)
      writer.write(cluster.detected)
    }
  }

  mutating func restore(from reader: inout SnapshotReader) {
    for _ in 0..<reader.count(elementBytes: 66 * 8) {
      var cluster = Cluster(
        purpose: Purposes.Purpose(from: &reader),
        members: [],
        prompts: [],
        cost: 0,
        evidence: []
      )
      for _ in 0..<reader.count(elementBytes: 12) {
        cluster.members.append(
          Member(
            subject: reader.key(),
            team: reader.uint64(),
            count: reader.uint32(),
            entities: reader.entities()
          )
        )
      }
      for _ in 0..<reader.count(elementBytes: 8) { cluster.prompts.append(reader.uint64()) }
      cluster.cost = reader.int64()
      cluster.evidence = reader.evidence()
      cluster.isTold = reader.byte() == 1
      cluster.detected = reader.int64()
      clusters.append(cluster)
    }
  }
}

extension ArtifactWatch {
  func write(to writer: inout SnapshotWriter) {
    for table in [readers, writers] {
      writer.write(count: table.count)
      for (key, time) in table.sorted(by: { $0.key < $1.key }) {
        writer.write(key.description)
        writer.write(time)
      }
    }
    writer.write(reads)
    writer.write(writes)
    writer.write(firstTime)
    writer.write(count: readings.count)
    for (key, reading) in readings.sorted(by: { $0.key < $1.key }) {
      writer.write(key.description)
      writer.write(reading.first)
      writer.write(reading.shards)
      writer.write(Int64(reading.total))
      writer.write(reading.detected)
      writer.write(reading.entities)
      writer.write(reading.evidence)
    }
    writer.write(count: owners.count)
    for (hash, key) in owners.sorted(by: { $0.key < $1.key }) {
      writer.write(hash)
      writer.write(key.description)
    }
  }

  mutating func restore(from reader: inout SnapshotReader) {
    for _ in 0..<reader.count(elementBytes: 9) { readers[reader.key()] = reader.int64() }
    for _ in 0..<reader.count(elementBytes: 9) { writers[reader.key()] = reader.int64() }
    reads = reader.uint64()
    writes = reader.uint64()
    firstTime = reader.int64()
    for _ in 0..<reader.count(elementBytes: 30) {
      let key = reader.key()
      var reading = Reading(first: reader.int64())
      reading.shards = reader.uint64()
      reading.total = Int(clamping: reader.int64())
      reading.detected = reader.int64()
      reading.entities = reader.entities()
      reading.evidence = reader.evidence()
      readings[key] = reading
    }
    for _ in 0..<reader.count(elementBytes: 9) {
      let hash = reader.uint64()
      owners[hash] = reader.key()
    }
  }
}

extension ConversationWatch {
  func write(to writer: inout SnapshotWriter) {
    writer.write(count: refusals.count)
    for (key, list) in refusals.sorted(by: { $0.key < $1.key }) {
      writer.write(key.description)
      writer.write(count: list.count)
      for refusal in list {
        writer.write(refusal.time)
        writer.write(refusal.similarity)
        writer.write(refusal.prompt)
        writer.write(refusal.entities)
        refusal.evidence.write(to: &writer)
      }
    }
    writer.write(count: answered.count)
    for (key, list) in answered.sorted(by: { $0.key < $1.key }) {
      writer.write(key.description)
      writer.write(count: list.count)
      for one in list {
        writer.write(one.time)
        writer.write(one.similarity)
      }
    }
    writer.write(count: agents.count)
    for (key, agent) in agents.sorted(by: { $0.key < $1.key }) {
      writer.write(key.description)
      writer.write(agent.first)
      writer.write(agent.conversations)
      writer.write(count: agent.pairs.count)
      for (pair, time) in agent.pairs.sorted(by: { $0.key < $1.key }) {
        writer.write(pair)
        writer.write(time)
      }
    }
    writer.write(count: courses.count)
    for (conversation, course) in courses.sorted(by: { $0.key < $1.key }) {
      writer.write(conversation)
      writer.write(course.last)
      writer.write(count: course.read.count)
      for tool in course.read { writer.write(tool) }
      course.evidence.write(to: &writer)
    }
  }

  mutating func restore(from reader: inout SnapshotReader) {
    for _ in 0..<reader.count(elementBytes: 2) {
      let key = reader.key()
      var list: [Refusal] = []
      for _ in 0..<reader.count(elementBytes: 25) {
        list.append(
          Refusal(
            time: reader.int64(),
            similarity: reader.uint64(),
            prompt: reader.uint64(),
            entities: reader.entities(),
            evidence: WindowEvidence(from: &reader)
          )
        )
      }
      refusals[key] = list
    }
    for _ in 0..<reader.count(elementBytes: 2) {
      let key = reader.key()
      var list: [Answered] = []
      for _ in 0..<reader.count(elementBytes: 16) {
        list.append(Answered(time: reader.int64(), similarity: reader.uint64()))
      }
      answered[key] = list
    }
    for _ in 0..<reader.count(elementBytes: 18) {
      let key = reader.key()
      var agent = Agent(first: reader.int64())
      agent.conversations = reader.uint64()
      for _ in 0..<reader.count(elementBytes: 16) { agent.pairs[reader.uint64()] = reader.int64() }
      agents[key] = agent
    }
    for _ in 0..<reader.count(elementBytes: 18) {
      let conversation = reader.uint64()
      let last = reader.int64()
      var read: [String] = []
      for _ in 0..<reader.count(elementBytes: 1) { read.append(reader.text()) }
      courses[conversation] = Course(
        last: last,
        read: read,
        evidence: WindowEvidence(from: &reader)
      )
    }
  }
}

extension SnapshotWriter {
  mutating func write(_ evidence: [WindowEvidence]) {
    write(count: evidence.count)
    for one in evidence { one.write(to: &self) }
  }
}

extension SnapshotReader {
  mutating func evidence() -> [WindowEvidence] {
    var evidence: [WindowEvidence] = []
    for _ in 0..<count(elementBytes: 34) { evidence.append(WindowEvidence(from: &self)) }
    return evidence
  }
}
