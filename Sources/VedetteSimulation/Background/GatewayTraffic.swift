import VedetteEvent

/// The applications that ask models through a gateway all day.
struct GatewayTraffic {
  let first: EventTime
  let last: EventTime

  private static let support = GatewayClient(
    alias: "svc-support",
    team: "support",
    address: "192.0.2.61",
    agent: "OpenAI/Python 1.58.1"
  )
  private static let search = GatewayClient(
    alias: "svc-search",
    team: "search",
    address: "192.0.2.60",
    agent: "OpenAI/NodeJS/4.28.0"
  )
  private static let documents = GatewayClient(
    alias: "svc-docs",
    team: "documents",
    address: "192.0.2.62",
    agent: "OpenAI/Python 1.58.1"
  )
  private static let topics = [
    "delivery", "returns", "warranty", "assembly", "payment", "an order", "a lamp", "a desk",
    "a chair", "an invoice",
  ]

  /// Writes the requests of three applications.
  func write(to log: inout GatewayLog, seed: UInt64) {
    var chance = Chance(seed: seed, stream: "gateway")
    for (index, time) in chance.times(110, from: first, to: last).enumerated() {
      var request = GatewayRequest(
        prompt:
          "Customer \(chance.integer(in: 1_000...9_999)) asks about \(chance.pick(Self.topics)).",
        inputTokens: chance.integer(in: 220...900),
        outputTokens: chance.integer(in: 80...320)
      )
      request.endUser = "c-\(chance.integer(in: 100...180))"
      if index == 31 || index == 77 {
        request.blockedFor = "prompt_attack"
        request.outputTokens = 0
      }
      log.add(request, by: Self.support, at: time)
    }
    for time in chance.times(50, from: first, to: last) {
      var request = GatewayRequest(
        prompt: chance.pick(Self.topics),
        inputTokens: chance.integer(in: 4...12),
        outputTokens: 0
      )
      request.kind = "aembedding"
      request.model = "text-embedding-3-small"
      request.isCached = chance.happens(percent: 30)
      log.add(request, by: Self.search, at: time)
    }
    for time in chance.times(40, from: first, to: last) {
      var request = GatewayRequest(
        prompt: "Summarize page \(chance.integer(in: 1...60)) of the handbook.",
        inputTokens: chance.integer(in: 900...2_400),
        outputTokens: chance.integer(in: 120...260)
      )
      request.temperature = "0"
      request.isCached = chance.happens(percent: 40)
      log.add(request, by: Self.documents, at: time)
    }
  }
}
