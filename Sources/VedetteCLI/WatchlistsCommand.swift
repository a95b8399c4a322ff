import ArgumentParser
import Vedette
import VedetteEvent

/// `vedette watchlists`: lists whose values rules use by name.
struct WatchlistsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watchlists",
    abstract: "List the watchlists of the configuration, and what rules call them.",
    discussion: """
      A watchlist is a CSV file with a header. Of vip.csv the first column is '%vip%' and each is \
      '%vip.COLUMN%', as in "user.name|expand: '%vip%'".
      """
  )
  @OptionGroup var options: GlobalOptions
  @OptionGroup var database: DatabaseOptions
  @Argument(help: "CSV files and folders of them, instead of those of the configuration.")
  var paths: [String] = []

  func run() throws {
    let named = try database.loaded()?.pipeline.watchlistPaths ?? []
    let lists = try WatchlistReader.read(paths.isEmpty ? named : paths)
    for (name, values) in lists.sorted(by: { $0.key < $1.key }) {
      switch options.format {
      case .table: Output.shownLine("%\(name)%  \(values.count) values")
      case .csv: Output.line("\(CSV.field(name)),\(values.count)")
      case .json, .ndjson:
        var json = JSONWriter()
        json.object { json in
          json.member("name", name)
          json.member("values", values.count)
        }
        Output.line(json.text)
      }
    }
    if lists.isEmpty { options.note("there are no watchlists: name some under 'watchlists:'") }
  }
}
