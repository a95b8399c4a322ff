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

  func validate() throws {
    do throws(MappingError) {
      _ = try RuleSource.mapping(of: applied(to: PipelineConfiguration()))
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// Returns a configuration with these files added.
  func applied(to base: PipelineConfiguration) -> PipelineConfiguration {
    var configuration = base
    configuration.mappingPaths += mappingPaths
    configuration.placeholderPaths += placeholderPaths
    return configuration
  }
}
