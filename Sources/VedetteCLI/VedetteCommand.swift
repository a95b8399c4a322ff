import ArgumentParser
import Glibc

/// `vedette`: log files in, explained incidents out.
@main
struct VedetteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vedette",
    abstract: "Tell which incidents are in log files, and why.",
    discussion: """
      Start with 'vedette demo', then 'vedette replay FILE...' on logs of your own, then \
      'vedette run' to follow them.
      """,
    version: "0.1.0",
    subcommands: [
      RunCommand.self, ReplayCommand.self, ScanCommand.self, ExplainCommand.self,
      IncidentsCommand.self, RulesCommand.self, SourcesCommand.self, DoctorCommand.self,
      DemoCommand.self,
    ]
  )

  static func main() {
    signal(SIGPIPE, SIG_IGN)
    main(nil)
  }
}
