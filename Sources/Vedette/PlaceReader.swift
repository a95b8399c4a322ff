import FoundationEssentials
import VedetteDocuments
import VedetteEvent

/// Reads the tables that say where addresses are.
enum PlaceReader {
  /// Reads what a configuration names, or returns `nil` if it names nothing.
  ///
  /// - Parameters:
  ///   - geoPath: A MaxMind DB file.
  ///   - networksPath: A CSV file with a column `network` (or `cidr`), and of `name`, `country`,
  ///     `latitude` (or `lat`) and `longitude` (or `lon`) those there are.
  /// - Returns: The table.
  /// - Throws: ``PlaceError`` if a file can't be used.
  static func read(geoPath: String?, networksPath: String?) throws(PlaceError) -> PlaceTable? {
    guard geoPath != nil || networksPath != nil else { return nil }
    var file: MaxMindFile?
    if let geoPath { file = try MaxMindFile(bytes(geoPath)) }
    return PlaceTable(
      names: [geoPath, networksPath].compactMap(\.self),
      file: file,
      networks: try networksPath.map(networks) ?? []
    )
  }

  private static func bytes(_ path: String) throws(PlaceError) -> [UInt8] {
    let size =
      (try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? any BinaryInteger
    guard let size else { throw PlaceError("can't be read; check path and permission") }
    guard Int64(size) <= Int64(MaxMindFile.byteCountMax) else {
      throw PlaceError("over \(MaxMindFile.byteCountMax >> 20) MiB")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PlaceError("can't be read; check path and permission")
    }
    return Array(data)
  }

  private static func networks(_ path: String) throws(PlaceError) -> [PlaceTable.Network] {
    let table: (header: [String], rows: [[String]])
    let bytes = try bytes(path)
    do throws(ConfigurationError) {
      table = try WatchlistReader.table(bytes, path)
    } catch {
      throw PlaceError("line \(error.position.line): \(error.problem)")
    }
    let names = table.header.map { $0.lowercased() }
    func column(_ known: String...) -> Int? {
      known.lazy.compactMap { names.firstIndex(of: $0) }.first
    }
    guard let network = column("network", "cidr", "prefix") else {
      throw PlaceError("no column 'network'; the first line names the columns")
    }
    let (name, country) = (column("name", "label", "city"), column("country", "country_iso_code"))
    let latitude = column("latitude", "lat")
    let longitude = column("longitude", "lon", "lng")
    var networks: [PlaceTable.Network] = []
    for (index, row) in table.rows.enumerated() {
      guard let block = CIDRBlock(row[network]) else {
        throw PlaceError("row \(index + 1): '\(row[network])' is no network, as 10.0.0.0/8")
      }
      func number(_ column: Int?) throws(PlaceError) -> Double? {
        guard let column, !row[column].isEmpty else { return nil }
        guard let number = Double(row[column]), number.isFinite else {
          throw PlaceError("row \(index + 1): '\(row[column])' is no number of degrees")
        }
        return number
      }
      var place: Place?
      if let north = try number(latitude), let east = try number(longitude) {
        place = Place(
          latitude: north,
          longitude: east,
          accuracyKilometres: nil,
          country: country.map { row[$0] },
          name: name.map { row[$0] }
        )
        guard place != nil else {
          throw PlaceError("row \(index + 1): \(north), \(east) is nowhere")
        }
      }
      networks.append(PlaceTable.Network(block: block, place: place))
    }
    return networks
  }
}
