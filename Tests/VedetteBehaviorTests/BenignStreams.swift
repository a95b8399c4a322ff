import Glibc
import VedetteBehavior
import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// A month in which nothing happens, of four characters that have little in common.
enum BenignStream: String, CaseIterable, Sendable {
  /// People who log in on working days, fail now and then, change hosts, go on leave.
  case office
  /// Keys that call models around the clock: heavy-tailed sizes, bursts, slow growth.
  case gateway
  /// Machines with jobs at fixed hours, and days on which something fails for an hour.
  case machines
  /// Machines whose programs call home by the clock, to targets that all have and to their own, and
  /// people who go where they like.
  case network

  func events(days: Int, seed: UInt64) -> [WorldEvent] {
    var random = SplitMix64(seed: StableHash.of("\(rawValue) \(seed)"))
    return switch self {
    case .office: Self.office(days, &random)
    case .gateway: Self.gateway(days, &random)
    case .machines: Self.machines(days, &random)
    case .network: Self.network(days, &random)
    }
  }

  private static func office(_ days: Int, _ random: inout SplitMix64) -> [WorldEvent] {
    var events: [WorldEvent] = []
    let people = 25
    let pace = (0..<people).map { _ in exp(0.8 * normal(&random)) }
    for day in 0..<days {
      for person in 0..<people {
        // On leave, or at the weekend: mostly nothing.
        let isFree = (day % 7) >= 5 || random.nextBelow(12) == 0
        let mean = (isFree ? 1 : 22) * pace[person] * exp(0.5 * normal(&random))
        for _ in 0..<World.poisson(min(mean, 300), &random) {
          let hour = 13 + 2.2 * normal(&random)
          var event = WorldEvent(
            (Double(day) + min(max(hour, 0), 23.9) / 24) * World.day,
            user: "person\(person)"
          )
          let isAway = random.nextBelow(60) == 0
          event.address =
            isAway ? "203.0.\(random.nextBelow(200)).9" : "10.0.\(person % 6).\(person)"
          event.host = "host\(random.nextBelow(random.nextBelow(40) == 0 ? 40 : 5))"
          event.operation = ["login", "sudo", "copy", "close"][random.nextBelow(4)]
          event.isFailure = random.nextBelow(25) == 0
          events.append(event)
        }
      }
    }
    return events
  }

  private static func gateway(_ days: Int, _ random: inout SplitMix64) -> [WorldEvent] {
    var events: [WorldEvent] = []
    let keys = 8
    for window in 0..<days * 48 {
      let growth = 1 + Double(window) / Double(48 * 60)
      let rhythm = 1 + 0.5 * sin(Double(window) * .pi / 24)
      for key in 0..<keys {
        let busy = exp(0.9 * normal(&random)) * (random.nextBelow(150) == 0 ? 6 : 1)
        let mean = 2.2 * growth * rhythm * busy / Double(1 + key % 4)
        for _ in 0..<World.poisson(min(mean, 200), &random) {
          var event = WorldEvent(Double(window) * 1_800 + 1_799 * random.nextUnit())
          event.key = "key\(key)"
          event.address = "10.9.\(key).\(random.nextBelow(3))"
          event.operation = "chat"
          let isRare = random.nextBelow(500) == 0
          event.model = isRare ? "preview\(random.nextBelow(30))" : "model\(random.nextBelow(3))"
          // A power law, as sizes of prompts are.
          let size = 400 * pow(max(random.nextUnit(), 1e-6), -0.6)
          event.tokens = String(Int(size))
          event.cost = String(size * 2e-5)
          event.isFailure = random.nextBelow(50) == 0
          events.append(event)
        }
      }
    }
    return events
  }

  private static func machines(_ days: Int, _ random: inout SplitMix64) -> [WorldEvent] {
    var events: [WorldEvent] = []
    for day in 0..<days {
      for machine in 0..<10 {
        func add(_ second: Double, _ operation: String, _ user: String, fails: Bool = false) {
          var event = WorldEvent(Double(day) * World.day + second, user: user)
          event.host = "node\(machine)"
          event.operation = operation
          event.isFailure = fails
          event.bytes = String(Int(2_000 * exp(1.2 * normal(&random))))
          events.append(event)
        }
        for hour in 0..<24 {
          for _ in 0..<World.poisson(2, &random) {
            add((Double(hour) + random.nextUnit()) * World.hour, "check", "monitor")
          }
        }
        // A backup at two, of a size that varies.
        for _ in 0..<World.poisson(30 * exp(0.3 * normal(&random)), &random) {
          add(7_200 + 900 * random.nextUnit(), "backup", "backup")
        }
        // Once in a while an hour in which everything fails.
        if random.nextBelow(25) == 0 {
          let start = 82_000 * random.nextUnit()
          for _ in 0..<10 + random.nextBelow(60) {
            add(start + 3_000 * random.nextUnit(), "check", "monitor", fails: true)
          }
        }
        if random.nextBelow(6) == 0 {
          add(50_000, "upgrade\(random.nextBelow(300))", "root")
        }
      }
    }
    return events
  }

  private static func network(_ days: Int, _ random: inout SplitMix64) -> [WorldEvent] {
    var events: [WorldEvent] = []
    for machine in 0..<12 {
      func add(_ second: Double, _ target: String) {
        var event = WorldEvent(second)
        event.address = "10.0.0.\(machine + 10)"
        event.target = target
        events.append(event)
      }
      func poll(_ target: String, every seconds: Double, from day: Double) {
        var time = day * World.day + seconds * random.nextUnit()
        while time < Double(days) * World.day {
          // A program that is off for the night, or for a day.
          if random.nextBelow(400) == 0 { time += World.day * random.nextUnit() }
          add(time, target)
          time += seconds * (0.9 + 0.2 * random.nextUnit())
        }
      }
      poll("192.0.2.1", every: 3_600, from: 0)
      poll("updates.example", every: 14_400, from: 0)
      if machine % 3 == 0 { poll("telemetry\(machine).example", every: 5_400, from: 0) }
      // New programs come over the weeks.
      for program in 0..<3 where random.nextBelow(2) == 0 {
        let start = Double(days) * random.nextUnit()
        poll("app\(machine)x\(program).example", every: 2_400, from: start)
      }
      for day in 0..<days {
        let visits = World.poisson((day % 7) >= 5 ? 2 : 25, &random)
        for _ in 0..<visits {
          let hour = min(max(13 + 2.5 * normal(&random), 0), 23.9)
          let site = random.nextBelow(1 + random.nextBelow(120))
          add(Double(day) * World.day + hour * World.hour, "site\(site).example")
        }
      }
    }
    return events
  }

  private static func normal(_ random: inout SplitMix64) -> Double {
    (-2 * log(max(random.nextUnit(), 1e-12))).squareRoot() * cos(2 * .pi * random.nextUnit())
  }

  /// The findings of each day of an installation that reads several streams abreast.
  static func findingsPerDay(
    of streams: [BenignStream],
    days: Int,
    seed: UInt64,
    configuration: BehaviorConfiguration
  ) throws -> [Int] {
    var detector = BehaviorDetector(configuration: configuration, identifier: World.identifier)
    var batches: [EventBatch] = []
    for stream in streams {
      let events = World.ordered(stream.events(days: days, seed: seed))
      batches += try World.batches(events, of: 500, source: "\(stream).log")
    }
    let abreast = batches.sorted { ($0.times.first ?? 0) < ($1.times.first ?? 0) }
    var findings: [FindingID: Finding] = [:]
    for batch in abreast { World.apply(detector.observe(batch), to: &findings) }
    World.apply(detector.concluded(), to: &findings)
    return perDay(findings, days: days)
  }

  private static func perDay(_ findings: [FindingID: Finding], days: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: days)
    for finding in findings.values {
      // A finding that grows was told of when it was certain.
      let time = finding.detectedTime
      let day = Int((time.nanosecondsSinceEpoch - World.start) / 86_400_000_000_000)
      counts[min(max(day, 0), days - 1)] += 1
    }
    return counts
  }

  /// The findings of each day: those that are published, at or above what is asked for.
  static func findingsPerDay(
    _ events: [WorldEvent],
    days: Int,
    configuration: BehaviorConfiguration
  ) throws -> [Int] {
    var detector = BehaviorDetector(configuration: configuration, identifier: World.identifier)
    let batches = try World.batches(World.ordered(events), of: 4_096)
    return perDay(World.findings(&detector, batches), days: days)
  }
}
