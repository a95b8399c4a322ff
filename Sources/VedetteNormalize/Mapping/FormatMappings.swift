// The tables of names in the binary, each file read when one of its formats is first needed.

/// The tables of all formats.
package enum FormatMappings {
  /// Returns the table of a format.
  ///
  /// - Parameter format: The format.
  /// - Returns: The table.
  package static func of(_ format: LogFormat) -> FormatMapping {
    let tables =
      switch format.family {
      case .hosts: hosts
      case .network: network
      case .cloud: cloud
      case .models: models
      }
    return tables.first { $0.format == format } ?? FormatMapping(format)
  }

  /// The tables, in the order of the formats.
  package static var all: [FormatMapping] { LogFormat.allCases.map { of($0) } }

  /// The data files, by name.
  package static var sources: [(name: String, bytes: [UInt8])] {
    [
      ("hosts.yml", PackageResources.hosts_yml), ("network.yml", PackageResources.network_yml),
      ("cloud.yml", PackageResources.cloud_yml), ("models.yml", PackageResources.models_yml),
    ]
  }

  private static let hosts = read("hosts.yml", PackageResources.hosts_yml)
  private static let network = read("network.yml", PackageResources.network_yml)
  private static let cloud = read("cloud.yml", PackageResources.cloud_yml)
  private static let models = read("models.yml", PackageResources.models_yml)

  private static func read(_ name: String, _ bytes: [UInt8]) -> [FormatMapping] {
    do throws(FormatMappingError) {
      return try FormatMappingReader(file: name).read(bytes)
    } catch {
      preconditionFailure("the tables in the binary are damaged: \(error)")
    }
  }
}
