import ArgumentParser
import Glibc
import VedetteEvent

/// How records are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, ndjson, csv
}

/// When colour is used.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// Which zone times are shown in.
enum ShownZone: String, ExpressibleByArgument, CaseIterable {
  case utc, local
}

/// The options that every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "How to print: table, json, ndjson or csv.")
  var output: OutputFormat?

  @Option(help: "Use colour: auto, always or never.")
  var color = ColorChoice.auto

  @Option(help: "Show people times in this zone: utc or local.")
  var tz = ShownZone.utc

  @Flag(name: .shortAndLong, help: "Print only results and errors.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say more about what is done.")
  var verbose = false

  /// The format that was asked for: a table for people, one object a line for programs.
  var format: OutputFormat { output ?? (Output.isTerminal ? .table : .ndjson) }

  /// Whether to colour standard output.
  var usesColor: Bool {
    switch color {
    case .always: true
    case .never: false
    case .auto: Output.isTerminal && Environment.value("NO_COLOR") == nil
    }
  }

  /// Returns a time as people read it: in UTC as it is, else with the zone's name.
  func shown(_ time: EventTime) -> String {
    guard tz == .local else { return time.description }
    let offset = Int64(LocalZone.offsetSeconds(at: time)) * 1_000_000_000
    let text = time.advanced(byNanoseconds: offset).description
    return "\(text.prefix(10)) \(text.dropFirst(11).dropLast()) \(LocalZone.name(at: time))"
  }

  /// Tells people something that is no result, unless they asked for quiet.
  func note(_ text: String) {
    if !quiet { Output.note(text) }
  }
}
