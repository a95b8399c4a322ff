import FoundationEssentials
import VedetteDocuments
import VedetteEvent
public import VedetteFindings

/// Reads how critical hosts, accounts and services are.
///
/// A CSV file with a header of which the columns `type`, `value` and `criticality` are read: the type
/// is one of an incident's entities, the criticality `low`, `medium`, `high` or `critical`.
public enum AssetReader {
  private static let columns = ["type", "value", "criticality"]

  /// Reads a file of assets.
  ///
  /// - Parameter path: The file.
  /// - Returns: How critical each entity is.
  /// - Throws: ``ConfigurationError`` at the first line that is no asset.
  public static func read(_ path: String) throws(ConfigurationError) -> AssetTable {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw failure(path, 1, "can't be read; check path and permission")
    }
    let table = try WatchlistReader.table(Array(data), path)
    var places: [Int] = []
    for column in columns {
      guard let place = table.header.firstIndex(of: column) else {
        throw failure(path, 1, "no column '\(column)'; assets have type, value and criticality")
      }
      places.append(place)
    }
    var assets: [EntityKey: AssetCriticality] = [:]
    for row in table.rows {
      let (type, value) = (row[places[0]], row[places[1]])
      guard let kind = EntityType(rawValue: type) else {
        let names = EntityType.allCases.map(\.rawValue).joined(separator: ", ")
        throw failure(path, 1, "'\(type)' of '\(value)' is no type; one of \(names)")
      }
      guard let criticality = AssetCriticality(rawValue: row[places[2]]) else {
        let names = AssetCriticality.allCases.map(\.rawValue).joined(separator: ", ")
        throw failure(path, 1, "'\(row[places[2]])' of '\(value)' is not one of \(names)")
      }
      assets[EntityKey(type: kind, value: value)] = criticality
    }
    return AssetTable(assets)
  }

  private static func failure(_ path: String, _ line: Int, _ problem: String) -> ConfigurationError
  {
    ConfigurationError(path: path, position: Position(line: line, column: 1), problem: problem)
  }
}
