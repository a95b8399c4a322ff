import Testing
import VedetteNormalize

@Suite("Prices and identities")
struct PriceTableTests {
  @Test("a name counts before its beginnings, of those the longest")
  func lookup() throws {
    let table = try PriceTable(
      csv: """
        # comment
        model,family,input,output,cached_input
        gpt-4*,four,1,2,3
        gpt-4o*,omni,4,5,6
        gpt-4o-x,special,7,8,9
        """
    )
    #expect(table.price(of: "gpt-4o-x")?.family == "special")
    #expect(table.price(of: "gpt-4o-mini")?.family == "omni")
    #expect(table.price(of: "openai/gpt-4-turbo")?.output == 2)
    #expect(table.price(of: "house-model") == nil)
  }

  @Test(
    "a line that is none is named",
    arguments: [
      ("model,price\n", 1), ("model,family,input,output,cached_input\na,b,1,2\n", 2),
      ("model,family,input,output,cached_input\n\na,b,1,-2,3\n", 3),
      ("model,family,input,output,cached_input\na,b,1,nan,3\n", 2),
    ]
  )
  func problems(_ csv: String, line: Int) {
    #expect(throws: PriceTable.Problem.self) { try PriceTable(csv: csv) }
    do { _ = try PriceTable(csv: csv) } catch { #expect(error.line == line) }
  }

  @Test("the table that ships can be read and knows the models of the samples")
  func builtIn() throws {
    let table = try #require(ModelEnricher.builtInPrices)
    for model in ["gpt-4o", "anthropic.claude-3-haiku-20240307-v1:0", "text-embedding-3-small"] {
      #expect(table.price(of: model) != nil, "\(model)")
    }
  }

  @Test("identities are by key, the first line of each")
  func identities() throws {
    let table = try KeyIdentities(
      csv: "key,principal,host\nAKIAEXAMPLE7Q3RTN5WJ,svc-batch,gpu01\nAKIAEXAMPLE7Q3RTN5WJ,x,y\n"
    )
    #expect(table["AKIAEXAMPLE7Q3RTN5WJ"]?.host == "gpu01")
    #expect(table["other"] == nil)
    #expect(throws: PriceTable.Problem.self) { try KeyIdentities(csv: "key,host\n") }
  }

  @Test("tables that were written by Windows are read")
  func windowsLines() throws {
    let prices = try PriceTable(csv: "model,family,input,output,cached_input\r\nm,f,1,2,0\r\n")
    let identities = try KeyIdentities(csv: "key,principal,host\r\nk,p,h\r\n\r\n")
    #expect(prices.price(of: "m") != nil)
    #expect(identities["k"]?.host == "h")
  }
}
