import Foundation
import Testing
import VedetteEvent

@testable import Vedette

@Suite("Places in the configuration")
struct PlaceReaderTests {
  private func load(_ folder: TemporaryFolder, _ text: String) -> (PlaceTable?, String) {
    do throws(ConfigurationError) {
      let loader = ConfigurationLoader(path: "vedette.yml")
      return (try loader.load(Array(text.utf8)).pipeline.places, "")
    } catch {
      return (nil, error.description)
    }
  }

  @Test(
    "a table of networks has its columns in any order, and those without coordinates are no place"
  )
  func networks() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "cidr.csv",
      """
      # our own
      Name,lat,lon,CIDR,country
      "Berlin, office",52.5,13.4,10.1.0.0/16,DE
      ,40.7,-74,2001:db8::/32,US
      lab,,,10.2.0.0/16,
      """
    )
    let (table, error) = load(folder, "enrich: { networks: \(folder["cidr.csv"]) }")
    #expect(error.isEmpty)
    let places = try #require(table)
    #expect(places.names == [folder["cidr.csv"]] && places.networkCount == 2)
    #expect(places.place(of: "10.1.2.3")?.words == "Berlin, office, DE")
    #expect(places.place(of: "2001:db8::9")?.words == "US")
    #expect(places.place(of: "10.2.0.1") == nil)
    #expect(load(folder, "workers: 2").0 == nil)
  }

  @Test(
    "what can't be used says where, and why",
    arguments: [
      ("network,lat,lon\n10.0.0.0/40,1,2\n", "row 1: '10.0.0.0/40' is no network"),
      ("network,lat,lon\n10.0.0.0/8,north,2\n", "row 1: 'north' is no number of degrees"),
      ("network,lat,lon\n10.0.0.0/8,99,2\n", "row 1: 99.0, 2.0 is nowhere"),
      ("network,lat,lon\n10.0.0.0/8,1\n", "line 2: 2 cells under a header of 3"),
      ("lat,lon\n1,2\n", "no column 'network'"), ("", "line 1: empty"),
    ] as [(String, String)]
  )
  func refusals(text: String, problem: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("cidr.csv", text)
    let error = load(folder, "enrich:\n  networks: \(folder["cidr.csv"])\n").1
    #expect(error.hasPrefix("vedette.yml:2:13: error: "), "\(error)")
    #expect(error.contains(problem), "\(error)")
  }

  @Test("a geo file that is none, or is not there, is refused")
  func geo() throws {
    let folder = try TemporaryFolder()
    try folder.write("geo.mmdb", "no database")
    #expect(load(folder, "enrich: { geo: \(folder["geo.mmdb"]) }").1.contains("no MaxMind DB file"))
    #expect(load(folder, "enrich: { geo: \(folder["none.mmdb"]) }").1.contains("can't be read"))
    #expect(load(folder, "enrich: { network: x }").1.contains("did you mean 'networks'?"))
  }
}
