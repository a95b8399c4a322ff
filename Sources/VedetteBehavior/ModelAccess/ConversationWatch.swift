import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// Watches courses: prompts that are reworded until they pass, and agents that read, then send.
struct ConversationWatch: Sendable, Equatable {
  struct Refusal: Sendable, Equatable {
    var time: Int64
    var similarity: UInt64
    var prompt: UInt64
    var entities: [Entity]
    var evidence: WindowEvidence
  }

  struct Answered: Sendable, Equatable {
    var time: Int64
    var similarity: UInt64
  }

  /// What an agent does with its tools.
  struct Agent: Sendable, Equatable {
    var first: Int64
    var conversations: UInt64 = 0
    /// Pairs of a tool that reads and one that sends behind it, by hash.
    var pairs: [UInt64: Int64] = [:]
  }

  /// What was read in a conversation.
  struct Course: Sendable, Equatable {
    var last: Int64
    var read: [String] = []
    var evidence: WindowEvidence
  }

  static let refusalWindow: Int64 = 6 * KeyHabits.hour
  private static let refusalsMax = 64
  private static let answeredMax = 256
  private static let distanceMax = 12
  private static let refusalsMin = 3
  private static let coursesMax = 8_192
  private static let conversationsMin: UInt64 = 30

  var refusals: [EntityKey: [Refusal]] = [:]
  /// The last answered prompts of keys that were refused something.
  var answered: [EntityKey: [Answered]] = [:]
  var agents: [EntityKey: Agent] = [:]
  var courses: [UInt64: Course] = [:]

  mutating func take(
    _ call: ModelCall,
    _ source: SourceID,
    _ identifier: FindingIdentifier
  ) -> Finding? {
    if !call.tool.isEmpty { return takeTool(call, source, identifier) }
    guard call.similarity != 0 else { return nil }
    if call.guardrail == .blocked {
      noteRefusal(call)
      return nil
    }
    return passed(call, source, identifier)
  }

  private mutating func noteRefusal(_ call: ModelCall) {
    var list = refusals[call.subject] ?? []
    list.removeAll { call.time - $0.time > Self.refusalWindow }
    guard !list.contains(where: { $0.prompt == call.prompt && call.prompt != 0 }) else { return }
    if list.count >= Self.refusalsMax { list.removeFirst() }
    list.append(
      Refusal(
        time: call.time,
        similarity: call.similarity,
        prompt: call.prompt,
        entities: call.entities,
        evidence: call.evidence
      )
    )
    refusals[call.subject] = list
  }

  private mutating func passed(
    _ call: ModelCall,
    _ source: SourceID,
    _ identifier: FindingIdentifier
  ) -> Finding? {
    guard call.guardrail == .passed, !call.isFailure else { return nil }
    let before = noteAnswered(call)
    guard let list = refusals[call.subject], call.outputTokens >= 100 else { return nil }
    let alike = list.filter {
      call.time - $0.time <= Self.refusalWindow
        && ($0.similarity ^ call.similarity).nonzeroBitCount <= Self.distanceMax
    }
    // Where prompts of the wording mostly pass, a refused one says nothing.
    guard alike.count >= Self.refusalsMin, alike.count >= before, let first = alike.first else {
      return nil
    }
    let since = EventTime(nanosecondsSinceEpoch: first.time)
    let term = ExplanationTerm(
      feature: "refusals_alike",
      observed: Double(alike.count),
      expected: Double(Self.refusalsMin),
      contribution: 52
    )
    return BuiltInFinding.finding(
      BuiltInFinding.Basis(
        rule: BuiltInFinding.wording,
        id: [call.subject.description, since.description],
        time: first.time,
        lastTime: call.time,
        detected: call.time,
        score: 52,
        count: alike.count + 1,
        techniques: ["AML.T0051.000", "AML.T0054"],
        tactics: ["defense-evasion", "initial-access"],
        entities: BuiltInFinding.merged(alike.map(\.entities) + [call.entities]),
        sources: [source],
        evidence: alike.map(\.evidence) + [call.evidence],
        explanation: Explanation(
          summary: "a prompt that the guardrail refused was reworded \(alike.count) times since "
            + "\(since) and then answered with \(call.outputTokens) tokens",
          terms: [term]
        )
      ),
      identifier
    )
  }

  /// Notes an answered prompt; returns how many like it were answered before.
  private mutating func noteAnswered(_ call: ModelCall) -> Int {
    var list = answered[call.subject] ?? []
    list.removeAll { call.time - $0.time > Self.refusalWindow }
    let count = list.count {
      ($0.similarity ^ call.similarity).nonzeroBitCount <= Self.distanceMax
    }
    if list.count >= Self.answeredMax { list.removeFirst() }
    list.append(Answered(time: call.time, similarity: call.similarity))
    if answered.count < Limits.entitiesMax { answered[call.subject] = list }
    return count
  }

  private mutating func takeTool(
    _ call: ModelCall,
    _ source: SourceID,
    _ identifier: FindingIdentifier
  ) -> Finding? {
    guard call.conversation != 0 else { return nil }
    var agent = agents[call.subject] ?? Agent(first: call.time)
    defer { if agents.count < Limits.entitiesMax { agents[call.subject] = agent } }
    let kind = ToolKind(call.tool)
    var course = courses[call.conversation]
    if course == nil { agent.conversations += 1 }
    course = course ?? Course(last: call.time, evidence: call.evidence)
    course?.last = call.time
    if kind == .reads, let read = course?.read, read.count < 8, !read.contains(call.tool) {
      course?.read.append(call.tool)
    }
    if courses.count >= Self.coursesMax {
      courses = courses.filter { call.time - $0.value.last < KeyHabits.hour }
    }
    if courses.count < Self.coursesMax { courses[call.conversation] = course }
    guard kind == .sends, let course, let read = course.read.last else { return nil }
    let pair = StableHash.of(read + " " + call.tool)
    let isOld = agent.pairs[pair].map { call.time - $0 >= KeyHabits.day } ?? false
    let knows =
      agent.conversations >= Self.conversationsMin && call.time - agent.first >= KeyHabits.day
    if agent.pairs[pair] == nil, agent.pairs.count < 1_024 {
      agent.pairs[pair] = knows ? call.time : call.time - KeyHabits.day
    }
    guard knows, !isOld else { return nil }
    let time = EventTime(nanosecondsSinceEpoch: call.time)
    return BuiltInFinding.finding(
      BuiltInFinding.Basis(
        rule: BuiltInFinding.agent,
        id: [call.subject.description, time.description],
        time: course.evidence.time,
        lastTime: call.time,
        detected: call.time,
        score: 52,
        count: 2,
        techniques: ["AML.T0053", "AML.T0086"],
        tactics: ["exfiltration"],
        entities: call.entities,
        sources: [source],
        evidence: [course.evidence, call.evidence],
        explanation: Explanation(
          summary:
            "\(call.subject.value) used \(call.tool) behind \(read) in one conversation, as it "
            + "did in none of \(agent.conversations) before",
          terms: [
            ExplanationTerm(
              feature: "tool_course",
              observed: 1,
              expected: 0,
              contribution: 52,
              value: "\(read), \(call.tool)"
            )
          ]
        )
      ),
      identifier
    )
  }
}

/// What a tool does, by the words of its name.
enum ToolKind {
  case reads
  case sends
  case other

  private static let senders: Set<String> = [
    "http", "post", "send", "upload", "webhook", "email", "mail", "request", "curl", "wget",
    "fetch", "browse", "browser", "shell", "bash", "exec", "execute", "run", "python", "publish",
    "share", "export", "tweet", "slack",
  ]
  private static let readers: Set<String> = [
    "read", "get", "query", "search", "list", "lookup", "find", "sql", "select", "file", "files",
    "load", "open", "retrieve", "download", "cat", "dump", "customer", "customers", "secret",
    "secrets", "record", "records",
  ]

  init(_ name: String) {
    var words: [String] = []
    var word = ""
    for character in name {
      if character.isLetter {
        if character.isUppercase, word.last?.isLowercase == true {
          words.append(word.lowercased())
          word = ""
        }
        word.append(character)
      } else if !word.isEmpty {
        words.append(word.lowercased())
        word = ""
      }
    }
    if !word.isEmpty { words.append(word.lowercased()) }
    if words.contains(where: Self.senders.contains) {
      self = .sends
    } else {
      self = words.contains(where: Self.readers.contains) ? .reads : .other
    }
  }
}
