import ArgumentParser
import FoundationEssentials
import Vedette

/// Which database a command works on.
struct DatabaseOptions: ParsableArguments {
  @Option(help: "The database; see 'vedette --help' for where it is looked for.")
  var db: String?

  @Option(help: "The configuration, which may name the database.")
  var config: String?

  /// Returns the configuration that applies, read, or `nil` if there is none.
  ///
  /// - Throws: An error that names the file if it can't be read or understood.
  func loaded() throws -> ConfigurationLoader.Loaded? {
    try DatabaseLocation.configuration(config)
  }

  /// Returns the database's path: the option, the configuration, the environment, the default.
  func path(_ loaded: ConfigurationLoader.Loaded?) -> String {
    db ?? DatabaseLocation.path(loaded)
  }

  /// Returns the path for a command that only reads the database.
  func path() throws -> String { path(try loaded()) }

  /// What a printed command needs so that it finds the same database: nothing if it would anyway.
  func suffix(_ path: String) -> String {
    DatabaseLocation.path(nil) == path ? "" : " --db \(path.shellQuoted)"
  }
}

/// Where the database is when no option says so.
enum DatabaseLocation {
  private static let systemConfiguration = "/etc/vedette/vedette.yml"

  /// Returns a configuration, read: the one named, or the system's if it is there.
  static func configuration(_ config: String?) throws -> ConfigurationLoader.Loaded? {
    let path = config ?? systemConfiguration
    guard config != nil || FileManager.default.fileExists(atPath: path) else { return nil }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("can't read the configuration '\(path)'; check its path and permission")
    }
    return try ConfigurationLoader(path: path).load(Array(bytes))
  }

  /// Returns the path that the configuration, the environment or the default gives.
  static func path(_ loaded: ConfigurationLoader.Loaded?) -> String {
    if let named = loaded?.database { return named }
    if let named = Environment.value("VEDETTE_DB") { return named }
    let home = Environment.value("HOME") ?? "/root"
    let state = Environment.value("XDG_STATE_HOME") ?? "\(home)/.local/state"
    return "\(state)/vedette/vedette.db"
  }
}

/// A failure with a message of its own; exits with 2, what could not be read.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension String {
  /// The text as one word for a shell.
  var shellQuoted: String {
    let isPlain =
      !isEmpty
      && utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
          UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
    return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
  }
}
