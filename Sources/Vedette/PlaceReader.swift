import FoundationEssentials
import VedetteDocuments
import VedetteEvent

/// Reads the tables that say where addresses are.
struct PlaceReader {
  private var names: [String] = []
  private var file: MaxMindFile?
  private var networks: [PlaceTable.Network] = []

  /// What was read, or `nil` if nothing was.
  var table: PlaceTable? {
    names.isEmpty ? nil : PlaceTable(names: names, file: file, networks: networks)
  }

  /// Reads a MaxMind DB file.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``PlaceError`` if it can't be used.
  mutating func readGeo(_ path: String) throws(PlaceError) {
    file = try MaxMindFile(Self.bytes(path))
    names.append(path)
  }

  /// Reads a table of networks.
  ///
  /// - Parameter path: A CSV file with a column `network` (or `cidr`), and of `name`, `country`,
  ///   `latitude` (or `lat`) and `longitude` (or `lon`) those there are.
  /// - Throws: ``PlaceError`` if it can't be used.
  mutating func readNetworks(_ path: String) throws(PlaceError) {
    networks = try Self.networks(path)
    names.append(path)
  }

  private static func bytes(_ path: String) throws(PlaceError) -> [UInt8] {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let size = attributes?[.size]
    let count = size as? Int ?? (size as? UInt64).map(Int.init(clamping:)) ?? 0
    guard count <= MaxMindFile.byteCountMax else {
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
