import ArgumentParser
import Glibc
import Vedette
import VedetteIncidents
import VedetteIngest
import VedetteStore

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
      IncidentsCommand.self, EntitiesCommand.self, ExceptionsCommand.self, WatchlistsCommand.self,
      NotifyCommand.self,
      AuditCommand.self, RulesCommand.self, SourcesCommand.self, DoctorCommand.self,
      ScoreCommand.self, ModelCommand.self, DemoCommand.self, SchemaCommand.self,
    ]
  )

  static func main() {
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      fail(error)
    }
  }

  /// Ends with 64 if called wrongly, as asked for by an exit code, else with 2: something could not
  /// be read or written, and the message says what.
  private static func fail(_ error: any Error) -> Never {
    switch error {
    case is StoreError, is CommandFailure, is IngestError, is ConfigurationError:
      Output.note("vedette: \(TerminalText.visible("\(error)"))")
      Glibc.exit(2)
    case let error as ValidationError:
      // Found while it ran, where the parser no longer knows of which command to show the usage.
      Output.note("vedette: \(error.message)")
      Glibc.exit(64)
    default:
      let code = exitCode(for: error)
      let message = fullMessage(for: error)
      // What was asked for, as help; else the message, which may repeat what logs or shells brought.
      if code.isSuccess {
        Output.write(message + "\n")
      } else if !message.isEmpty {
        Output.note(message)
      }
      Glibc.exit(code.rawValue)
    }
  }
}
