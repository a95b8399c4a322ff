import VedetteStatistics

/// What the isolation forest sees of a window.
enum WindowFeature: Int, CaseIterable, Sendable {
  case events
  case failureShare
  case operations
  case networks
  case hosts
  case models
  case bytes
  case tokens
  case cost

  /// The feature's name in an explanation.
  var name: String {
    switch self {
    case .events: "events"
    case .failureShare: "failure_share"
    case .operations: "distinct_operations"
    case .networks: "distinct_networks"
    case .hosts: "distinct_hosts"
    case .models: "distinct_models"
    case .bytes: "bytes"
    case .tokens: "tokens"
    case .cost: "cost_usd"
    }
  }

  /// The feature in words, for a sentence.
  var noun: String {
    switch self {
    case .events: "number of events"
    case .failureShare: "share of failures"
    case .operations: "variety of operations"
    case .networks: "variety of networks"
    case .hosts: "variety of hosts"
    case .models: "variety of models"
    case .bytes: "data volume"
    case .tokens: "token use"
    case .cost: "spending"
    }
  }

  private var metric: ActivityMetric? {
    switch self {
    case .events: .events
    case .bytes: .bytes
    case .tokens: .tokens
    case .cost: .cost
    case .failureShare, .operations, .networks, .hosts, .models: nil
    }
  }

  /// Where a window lies on the feature's scale: a share is itself, all else is a magnitude.
  func position(of window: ActivityWindow) -> Float {
    if let metric { return Float(metric.position(of: window.sums[metric])) }
    guard self != .failureShare else {
      let failures = Double(window.sums[.failures])
      return Float(failures / max(1, Double(window.sums[.events])))
    }
    let count = window.variety?.count(rawValue - WindowFeature.operations.rawValue)
    return Float(MagnitudeScale.position(of: count ?? 0))
  }

  /// A place on the scale in the unit that people read.
  func amount(at position: Double) -> Double {
    if let metric { return metric.amount(at: position) }
    return self == .failureShare ? position : MagnitudeScale.value(at: position)
  }

  /// Where an amount lies on the scale, as a window that has it.
  func place(of amount: Double) -> Float {
    switch self {
    case .failureShare: Float(amount)
    case .cost: Float(MagnitudeScale.position(of: amount * 1e6))
    default: Float(MagnitudeScale.position(of: amount))
    }
  }

  /// A distance on the scale in the unit that people read.
  func amount(ofSpread spread: Double, around position: Double) -> Double {
    if let metric { return metric.amount(ofSpread: spread, around: position) }
    return self == .failureShare ? spread : MagnitudeScale.spread(spread, around: position)
  }

  /// An amount without its unit, for a fact.
  func figure(_ amount: Double) -> String {
    if let metric { return metric.figure(amount) }
    return self == .failureShare ? String((amount * 100).rounded() / 100) : wholeNumber(amount)
  }

  /// All features of a window, in their order.
  static func positions(of window: ActivityWindow) -> [Float] {
    allCases.map { $0.position(of: window) }
  }
}
