import VedetteDocuments
import VedetteEvent

extension LintCheck {
  private static let tlpWords = ["clear", "white", "green", "amber", "amber-strict", "red"]
  private static let detectionWords = ["dfir", "emerging-threats", "threat-hunting"]

  /// What tags of each namespace look like, after the specification's tags appendix.
  static let namespaceChecks: [LintCheck] = [
    tag(
      "bad-cve-tag",
      .warning,
      """
      A vulnerability is tagged with year and number, as 'cve.2021-44228', so that it can be \
      looked up. 'cve.log4shell' and 'cve.cve-2021-44228' can't.
      """
    ) { tag in
      guard let name = name(tag, "cve") else { return nil }
      let parts = name.split(separator: "-", omittingEmptySubsequences: false)
      let isGood =
        parts.count == 2 && parts[0].count == 4 && (4...7).contains(parts[1].count)
        && parts.joined().utf8.allSatisfy(isDigit)
      return isGood ? nil : "'\(tag)' is no number of CVE; write it as 'cve.2021-44228'"
    },
    tag(
      "bad-car-tag",
      .warning,
      """
      An analytic of MITRE's CAR is tagged with year, month and number, as 'car.2016-04-005'. \
      Another form can't be looked up.
      """
    ) { tag in
      guard let name = name(tag, "car") else { return nil }
      let parts = name.split(separator: "-", omittingEmptySubsequences: false)
      let isGood = parts.map(\.count) == [4, 2, 3] && parts.joined().utf8.allSatisfy(isDigit)
      return isGood ? nil : "'\(tag)' is no number of CAR; write it as 'car.2016-04-005'"
    },
    tag(
      "unknown-tlp-tag",
      .warning,
      """
      The traffic light protocol has clear, green, amber, amber-strict and red (and white, of its \
      first version). Another word leaves it open with whom the rule may be shared.
      """
    ) { tag in
      guard let name = name(tag, "tlp"), !tlpWords.contains(name) else { return nil }
      return "unknown colour of tag '\(tag)'\(suggestion(name, tlpWords))"
    },
    one(
      "contradicting-tlp",
      .warning,
      """
      The rule has two colours of the traffic light protocol: one says it may be shared where the \
      other says it may not. Keep the stricter.
      """
    ) { subject in
      let tags = subject.texts("tags").filter { name($0.value, "tlp") != nil }
      guard Set(tags.map { $0.value.lowercased() }).count > 1, let last = tags.last else {
        return nil
      }
      return LintIssue(
        last.position,
        "tag '\(last.value)' contradicts '\(tags[0].value)'; keep one"
      )
    },
    tag(
      "bad-d3fend-tag",
      .warning,
      """
      A countermeasure of D3FEND is tagged by its id, as 'd3fend.d3-am', a digital artefact as \
      'd3fend.d3f-process'. Another form can't be looked up.
      """
    ) { tag in
      guard let name = name(tag, "d3fend"), !name.hasPrefix("d3-"), !name.hasPrefix("d3f-") else {
        return nil
      }
      return "'\(tag)' is no id of D3FEND; write it as 'd3fend.d3-am'"
    },
    tag(
      "bad-stp-tag",
      .warning,
      """
      The robustness of a rule by Summiting the Pyramid is a level from 1 to 5, with the kind of \
      its data where it is known: 'stp.4', 'stp.3u'. Another form can't be compared.
      """
    ) { tag in
      guard let name = name(tag, "stp") else { return nil }
      let isGood =
        (1...2).contains(name.utf8.count)
        && name.utf8.first.map { (0x31...0x35).contains($0) } == true
        && name.dropFirst().allSatisfy { "auk".contains($0) }
      return isGood ? nil : "'\(tag)' is no robustness; write it as 'stp.3u'"
    },
    tag(
      "unknown-detection-tag",
      .warning,
      """
      The namespace detection has three words: dfir, emerging-threats and threat-hunting. They \
      decide who runs a rule and how many false positives are expected.
      """
    ) { tag in
      guard let name = name(tag, "detection"), !detectionWords.contains(name) else { return nil }
      return "unknown kind of tag '\(tag)'\(suggestion(name, detectionWords))"
    },
  ]

  /// What follows a namespace, in lower case.
  private static func name(_ tag: String, _ namespace: String) -> String? {
    let folded = tag.lowercased()
    guard folded.hasPrefix(namespace + ".") else { return nil }
    return String(folded.dropFirst(namespace.count + 1))
  }
}
