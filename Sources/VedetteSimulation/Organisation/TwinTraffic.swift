import VedetteEvent

/// Ordinary work that looks like an attack, once each on a day of the judged ones.
struct TwinTraffic {
  let organisation: Organisation
  /// Midnight of the first judged day.
  let first: EventTime
  let dayCount: Int
  /// Keys that something else happens to.
  let taken: Set<Int>

  func write(to logs: inout CorpusLogs) {
    for twin in BenignTwin.allCases {
      var chance = Chance(seed: organisation.seed, stream: "twin \(twin.rawValue)")
      let day = chance.integer(in: 0...dayCount - 1)
      let start = first.plus(minutes: day * 1_440 + 540 + chance.integer(in: 0...300))
      switch twin {
      case .batchEvaluation: evaluate(from: start, &chance, &logs)
      case .launch: launch(from: start, &chance, &logs)
      case .reindex: reindex(from: start, &chance, &logs)
      case .modelUpgrade: upgrade(from: start, &chance, &logs)
      case .providerOutage: fail(from: start, &chance, &logs)
      case .regionRollout: rollOut(from: start, &chance, &logs)
      case .loadTest: loadTest(from: start, &chance, &logs)
      }
    }
  }

  private func keys(
    _ home: KeyHome,
    _ matches: (OrganisationKey) -> Bool = { _ in true }
  ) -> [OrganisationKey] {
    organisation.keys(at: home) { !taken.contains($0.index) && !$0.isEmbedding && matches($0) }
  }

  /// Different questions with answers of a letter, from the usual place with a harness.
  private func evaluate(from start: EventTime, _ chance: inout Chance, _ logs: inout CorpusLogs) {
    guard let key = keys(.proxy, { $0.rhythm == .developer }).first else { return }
    let template = chance.words(30, of: Vocabulary.instructions)
    var request = Session(key: key, &chance).request(&chance)
    request.address = Organisation.address(network: key.networks[0], host: key.index * 7)
    request.agent = "lm-eval-harness/0.4.2"
    request.temperature = "0"
    request.error = nil
    request.blockedFor = nil
    var time = start
    for _ in 0..<260 {
      request.prompt = template + ": " + chance.words(14, of: Vocabulary.content)
      request.outputTokens = chance.integer(in: 1...4)
      request.isCached = chance.happens(percent: 10)
      logs.add(request, by: key, at: time)
      time = time.plus(milliseconds: chance.integer(in: 10_200...12_000))
    }
  }

  /// Six times the usual, from many new people.
  private func launch(from start: EventTime, _ chance: inout Chance, _ logs: inout CorpusLogs) {
    guard var key = keys(.proxy, { $0.rhythm == .office }).first else { return }
    key.endUserCount = 900
    let session = Session(key: key, &chance)
    let count = max(120, key.hourlyHundredths / 100 * 6 * 4)
    for time in chance.times(count, from: start, to: start.plus(minutes: 240)) {
      logs.add(session.request(&chance), by: key, at: time)
    }
  }

  private func reindex(from start: EventTime, _ chance: inout Chance, _ logs: inout CorpusLogs) {
    guard let key = organisation.keys(at: .proxy, { $0.isEmbedding }).first else { return }
    let session = Session(key: key, &chance)
    for time in chance.times(900, from: start, to: start.plus(minutes: 110)) {
      logs.add(session.request(&chance), by: key, at: time)
    }
  }

  /// The keys of a team move to another model, one after the other.
  private func upgrade(from start: EventTime, _ chance: inout Chance, _ logs: inout CorpusLogs) {
    guard let team = keys(.proxy, { $0.rhythm == .office }).dropFirst().first?.team else { return }
    for (index, key) in keys(.proxy, { $0.team == team && $0.rhythm != .nightly }).enumerated() {
      let session = Session(key: key, &chance)
      let from = start.plus(minutes: index * 9)
      for time in chance.times(30, from: from, to: from.plus(minutes: 300)) {
        var request = session.request(&chance)
        request.model = "gpt-4.1-mini"
        request.outputTokens = request.outputTokens * 6 / 5
        logs.add(request, by: key, at: time)
      }
    }
  }

  /// For half an hour everything fails, is tried again, and some fall back to another model.
  private func fail(from start: EventTime, _ chance: inout Chance, _ logs: inout CorpusLogs) {
    for key in organisation.keys(at: .proxy) where key.rhythm == .office || key.rhythm == .allDay {
      let session = Session(key: key, &chance)
      for time in chance.times(8, from: start, to: start.plus(minutes: 30)) {
        var request = session.request(&chance)
        request.error = "unavailable"
        logs.add(request, by: key, at: time)
        guard !key.isEmbedding, key.index % 5 < 3 else { continue }
        request.error = nil
        request.model = "claude-3-5-haiku-20241022"
        logs.add(request, by: key, at: time.plus(seconds: 2))
      }
    }
  }

  /// Cloud keys of one team are used in a second region too, from its network.
  private func rollOut(from start: EventTime, _ chance: inout Chance, _ logs: inout CorpusLogs) {
    guard let team = keys(.cloud).last?.team else { return }
    for (index, key) in keys(.cloud, { $0.team == team }).prefix(6).enumerated() {
      let session = Session(key: key, &chance)
      let from = start.plus(minutes: index * 25)
      for time in chance.times(24, from: from, to: from.plus(minutes: 240)) {
        var request = session.request(&chance)
        request.address = Organisation.address(
          network: Organisation.ownNetwork + 144 - index % 2,
          host: key.index
        )
        request.region = "eu-central-1"
        logs.add(request, by: key, at: time)
      }
    }
  }

  /// Ten questions again and again, as fast as the tester can, from where tests run.
  private func loadTest(from start: EventTime, _ chance: inout Chance, _ logs: inout CorpusLogs) {
    guard let key = keys(.proxy, { $0.rhythm == .allDay }).first else { return }
    let session = Session(key: key, &chance)
    let questions = (0..<10).map { _ in session.request(&chance).prompt }
    var time = start
    for index in 0..<420 {
      var request = session.request(&chance)
      request.prompt = questions[index % 10]
      request.address = Organisation.address(network: Organisation.ownNetwork + 134, host: 20)
      request.agent = "k6/0.49.0 (https://k6.io/)"
      request.isCached = false
      request.error = index > 300 && index % 12 == 0 ? "throttled" : nil
      logs.add(request, by: key, at: time)
      time = time.plus(milliseconds: 2_600)
    }
  }
}
