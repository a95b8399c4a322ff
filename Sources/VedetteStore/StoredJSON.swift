import FoundationEssentials
import VedetteEvent
import VedetteFindings

/// The lists and explanations that are kept as JSON in one column, so that `json_each` reads them.
enum StoredJSON {
  static func list(_ values: [String]) -> String {
    var json = JSONWriter()
    json.array { json in for value in values { json.string(value) } }
    return json.text
  }

  static func riskTerms(_ terms: [RiskTerm]) -> String {
    var json = JSONWriter()
    json.array { json in
      for term in terms {
        json.object { json in
          json.member("label", term.label)
          json.member("points", term.points)
        }
      }
    }
    return json.text
  }

  static func explanation(_ explanation: Explanation) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("summary", explanation.summary)
      json.key("terms")
      json.array { json in
        for term in explanation.terms {
          json.object { json in
            json.member("feature", term.feature)
            json.member("observed", term.observed)
            json.member("expected", term.expected)
            json.member("scale", term.scale)
            json.member("contribution", term.contribution)
            json.member("bound", term.bound)
            json.member("value", term.value)
          }
        }
      }
      json.key("nearest_normal")
      json.array { json in
        for fact in explanation.nearestNormal {
          json.object { json in
            json.member("name", fact.name)
            json.member("value", fact.value)
          }
        }
      }
    }
    return json.text
  }

  static func list(from json: String) throws -> [String] {
    json == "[]" ? [] : try decode([String].self, json)
  }

  static func riskTerms(from json: String) throws -> [RiskTerm] {
    try decode([Term].self, json).map { RiskTerm(label: $0.label, points: $0.points) }
  }

  static func explanation(from json: String) throws -> Explanation {
    let stored = try decode(StoredExplanation.self, json)
    return Explanation(
      summary: stored.summary,
      terms: stored.terms.map(\.term),
      nearestNormal: stored.nearestNormal.map { ExplanationFact(name: $0.name, value: $0.value) }
    )
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, _ json: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(json.utf8))
  }

  private struct Term: Decodable {
    var label: String
    var points: Int
  }

  private struct Fact: Decodable {
    var name: String
    var value: String
  }

  private struct StoredExplanation: Decodable {
    var summary: String
    var terms: [Feature]
    var nearestNormal: [Fact]

    enum CodingKeys: String, CodingKey {
      case summary, terms
      case nearestNormal = "nearest_normal"
    }
  }

  private struct Feature: Decodable {
    var feature: String
    var observed: Double?
    var expected: Double?
    var scale: Double?
    var contribution: Double?
    var bound: Double?
    var value: String?

    enum CodingKeys: CodingKey {
      case feature, observed, expected, scale, contribution, bound, value
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      feature = try values.decode(String.self, forKey: .feature)
      value = try values.decodeIfPresent(String.self, forKey: .value)
      func number(_ key: CodingKeys) throws -> Double? {
        guard values.contains(key) else { return nil }
        // What is not finite is written as null; it must not be taken for absent.
        return try values.decodeIfPresent(Double.self, forKey: key) ?? .nan
      }
      observed = try number(.observed)
      expected = try number(.expected)
      scale = try number(.scale)
      contribution = try number(.contribution)
      bound = try number(.bound)
    }

    var term: ExplanationTerm {
      ExplanationTerm(
        feature: feature,
        observed: observed ?? .nan,
        expected: expected,
        scale: scale,
        contribution: contribution ?? .nan,
        bound: bound,
        value: value
      )
    }
  }
}
