import ArgumentParser
import Vedette
import VedetteRules

/// A user's own names of fields and log sources, and the values of placeholders.
struct MappingOptions: ParsableArguments {
  @Option(
    name: .customLong("mapping"),
    help: """
      A file with your own field names and log sources, or a pySigma pipeline; may be repeated.
      """,
    completion: .file(extensions: ["yml", "yaml"])
  )
  var mappingPaths: [String] = []

  @Option(
    name: .customLong("placeholders"),
    help: "A file with the values of placeholders, as 'name: [value, ..]'; may be repeated.",
    completion: .file(extensions: ["yml", "yaml"])
  )
  var placeholderPaths: [String] = []

  @Option(
    name: .customLong("watchlist"),
    help: "A CSV file, or a folder of them, whose values rules use by name; may be repeated.",
    completion: .file(extensions: ["csv"])
  )
  var watchlistPaths: [String] = []

  /// What the files say together.
  ///
  /// - Throws: ``CommandFailure`` for the first thing that can't be read or is not understood.
  func loaded() throws -> RuleMapping {
    do throws(MappingError) {
      return try RuleSource.mapping(of: added(to: PipelineConfiguration()))
    } catch {
      throw CommandFailure("\(error)")
    }
  }

  /// Returns a configuration with these files added, which were looked at.
  ///
  /// - Throws: ``CommandFailure`` for the first thing that can't be read or is not understood.
  func applied(to base: PipelineConfiguration) throws -> PipelineConfiguration {
    _ = try loaded()
    return added(to: base)
  }

  private func added(to base: PipelineConfiguration) -> PipelineConfiguration {
    var configuration = base
    configuration.mappingPaths += mappingPaths
    configuration.placeholderPaths += placeholderPaths
    configuration.watchlistPaths += watchlistPaths
    return configuration
  }
}
