/// What was asked for on the command line.
struct BenchmarkOptions: Equatable {
  static let usage = """
    Measure read + split, parse + normalize and the whole pipeline on generated logs.

    usage: vedette-benchmarks [--megabytes N] [--passes N] [--input NAME] [--stage TEXT]
                              [--check] [--gigabyte] [--vedette PATH]
           vedette-benchmarks --rules [--megabytes N] [--rules-max N] [--sigma FOLDER]
                              [--scan-megabytes N] [--plot FILE.svg] [--vedette PATH]
           vedette-benchmarks --goals [--megabytes N] [--passes N]
           vedette-benchmarks --scorers [--check]
           vedette-benchmarks --series FOLDER
           vedette-benchmarks --incidents [--judge] [--explain] [--check]
           vedette-benchmarks --incident-load [--check] [--vedette PATH]
           vedette-benchmarks --model-access [--seeds A-B] [--keys N] [--difficulty NAME] [--list]

      --megabytes N   size of each generated log (default 64)
      --passes N      passes of each stage; the median counts (default 5)
      --input NAME    only this log: sshd, cloudtrail or nginx; may be repeated
      --stage TEXT    only stages whose name contains this; may be repeated
      --check         compare ratios within the run with the thresholds; status 1 if one is missed
      --gigabyte      peak memory of the whole pipeline on an auth.log of 1 GB, and nothing else
      --rules         the rule engine from 10 to 100,000 rules, and nothing else
      --rules-max N   the most rules (default 100000)
      --sigma FOLDER  where sigmahq-rules.tar.xz and dev-events.ndjson.gz are
      --scan-megabytes N   real events that are scanned (default 200)
      --plot FILE.svg      draw the speed by the number of rules
      --vedette PATH  the built program (default: beside this one)
      --goals         each path's figure beside what is asked of it, and nothing else
      --scorers       forest and keyed updates beside the same loops in C (needs cc), nothing else
      --series FOLDER how good the series scorer is on labelled series, tuned and not tuned, and
                      nothing else; the folder holds CSV files and labels.json as of the Numenta
                      benchmark
      --incidents     how good incidents are on generated attacks among decoys, and nothing else
      --judge         with the seeds that nothing is tuned with
      --explain       say which attacks and decoys went wrong
      --incident-load the time of 'incidents list' on 100,000 incidents, and how many findings a
                      second are grouped and committed, and nothing else
      --model-access  how much of generated attacks on model services is found, at what price, beside
                      the rules alone and one threshold for all keys, and nothing else
      --seeds A-B     the seeds of the organisations (default 201-205; the detectors were developed on
                      seeds below 200)
      --keys N        keys of an organisation (default 200)
      --difficulty N  only easy, medium or hard
      --list          name each attack and each false incident
    """

  var megabytes = 64
  var passes = 5
  var inputs: [InputKind] = []
  var stages: [String] = []
  var checks = false
  var measuresGigabyte = false
  var measuresRules = false
  var rulesMax = 100_000
  var scanMegabytes = 200
  var sigmaFolder: String?
  var plotPath: String?
  var asksForHelp = false
  var vedettePath: String?
  var measuresScorers = false
  var seriesFolder: String?
  var measuresGoals = false
  var judgesIncidents = false
  var measuresIncidentLoad = false
  var usesJudgingSeeds = false
  var explains = false
  var measuresModelAccess = false
  var seeds: [UInt64] = Array(201...205)
  var keyCount = 200
  var difficulty: String?
  var lists = false

  /// Reads the arguments.
  ///
  /// - Parameter arguments: Those after the program's name.
  /// - Throws: ``BenchmarkError/usage(_:)`` for what can't be understood.
  init(_ arguments: [String]) throws(BenchmarkError) {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      switch option {
      case "--megabytes": megabytes = try Self.number(rest.popFirst(), of: option, in: 1...4_096)
      case "--passes": passes = try Self.number(rest.popFirst(), of: option, in: 1...100)
      case "--input": inputs.append(try Self.input(rest.popFirst()))
      case "--stage": stages.append(try Self.value(rest.popFirst(), of: option))
      case "--check": checks = true
      case "--gigabyte": measuresGigabyte = true
      case "--rules": measuresRules = true
      case "--rules-max": rulesMax = try Self.number(rest.popFirst(), of: option, in: 10...100_000)
      case "--scan-megabytes":
        scanMegabytes = try Self.number(rest.popFirst(), of: option, in: 1...4_096)
      case "--sigma": sigmaFolder = try Self.value(rest.popFirst(), of: option)
      case "--plot": plotPath = try Self.value(rest.popFirst(), of: option)
      case "--vedette": vedettePath = try Self.value(rest.popFirst(), of: option)
      case "--goals": measuresGoals = true
      case "--scorers": measuresScorers = true
      case "--series": seriesFolder = try Self.value(rest.popFirst(), of: option)
      case "--incidents": judgesIncidents = true
      case "--incident-load": measuresIncidentLoad = true
      case "--judge": usesJudgingSeeds = true
      case "--explain": explains = true
      case "--model-access": measuresModelAccess = true
      case "--seeds": seeds = try Self.seeds(rest.popFirst())
      case "--keys": keyCount = try Self.number(rest.popFirst(), of: option, in: 40...2_000)
      case "--difficulty": difficulty = try Self.value(rest.popFirst(), of: option)
      case "--list": lists = true
      case "--help", "-h": asksForHelp = true
      default: throw .usage("unknown option '\(option)': see --help")
      }
    }
    if inputs.isEmpty { inputs = InputKind.allCases }
  }

  /// Whether a stage was asked for.
  ///
  /// - Parameter name: The stage's name.
  /// - Returns: Whether it is to be measured.
  func selects(stage name: String) -> Bool {
    stages.isEmpty || stages.contains { name.contains($0) }
  }

  private static func value(_ text: String?, of option: String) throws(BenchmarkError) -> String {
    guard let text else { throw .usage("\(option) needs a value: see --help") }
    return text
  }

  private static func number(
    _ text: String?,
    of option: String,
    in range: ClosedRange<Int>
  ) throws(BenchmarkError) -> Int {
    let text = try value(text, of: option)
    guard let number = Int(text), range.contains(number) else {
      let bounds = "\(range.lowerBound) to \(range.upperBound)"
      throw .usage("\(option) takes a number from \(bounds), not '\(text)'")
    }
    return number
  }

  private static func seeds(_ text: String?) throws(BenchmarkError) -> [UInt64] {
    let text = try value(text, of: "--seeds")
    let parts = text.split(separator: "-").compactMap { UInt64($0) }
    guard let first = parts.first, let last = parts.last, parts.count <= 2, first <= last,
      last - first < 1_000
    else { throw .usage("--seeds takes a number or two of them, as 201-205, not '\(text)'") }
    return Array(first...last)
  }

  private static func input(_ text: String?) throws(BenchmarkError) -> InputKind {
    let text = try value(text, of: "--input")
    guard let input = InputKind(rawValue: text) else {
      let names = InputKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw .usage("no log is called '\(text)': one of \(names)")
    }
    return input
  }
}
