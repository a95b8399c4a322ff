import VedetteRules

/// Any number of Sigma rules, always the same: in shape what SigmaHQ's are, in text made up.
///
/// Four in ten look at process creations, the others at registry, file, image and script events, at
/// the Security log, and at products that the events are not of. Most ask for texts at the end of an
/// image and inside a command line, one in fifty for a regular expression.
struct GeneratedRules {
  private var draw = Draw(seed: 0x7369_676d)

  /// Makes the next rules.
  ///
  /// - Parameter count: How many.
  /// - Returns: A file for each.
  mutating func files(_ count: Int) -> [RuleFile] {
    (0..<count).map { number in
      let path = "generated/\(number).yml"
      return RuleFile(path: path, relativePath: path, bytes: Array(rule(number).utf8))
    }
  }

  private mutating func rule(_ number: Int) -> String {
    let source = Self.sources[draw.pickSkewed(Array(Self.sources.indices))]
    var text = "title: Generated \(number)\nid: generated-\(number)\nstatus: test\n"
    text += "level: \(draw.pick(["low", "medium", "high"]))\nlogsource:\n"
    for (key, value) in source.words { text += "  \(key): \(value)\n" }
    text += "detection:\n  selection:\n"
    text += line(source.fields[0])
    if draw.happens(percent: 70) { text += line(source.fields[1]) }
    let isFiltered = draw.happens(percent: 30)
    if isFiltered { text += "  filter:\n" + line(source.fields[draw.below(2)]) }
    return text + "  condition: selection\(isFiltered ? " and not filter" : "")\n"
  }

  private mutating func line(_ field: String) -> String {
    if draw.happens(percent: 2) {
      return "    \(field)|re: '\(word())[0-9]{1,4}\\.(exe|dll|ps1)'\n"
    }
    let modifier = draw.pick(["endswith", "contains", "contains", "contains|all", "startswith"])
    var text = "    \(field)|\(modifier):\n"
    for _ in 0...draw.below(6) { text += "      - '\(value(modifier))'\n" }
    return text
  }

  private mutating func value(_ modifier: String) -> String {
    switch modifier {
    case "endswith": "\\\(word()).exe"
    case "startswith": "C:\\\(word())\\\(word())"
    default: draw.happens(percent: 50) ? " -\(word())" : "\(word())\\\(word())"
    }
  }

  private mutating func word() -> String {
    (0..<2 + draw.below(3)).map { _ in draw.pick(Self.syllables) }.joined()
  }

  /// Where rules look, those with the most rules first.
  private static let sources: [(words: [(String, String)], fields: [String])] = [
    (
      [("product", "windows"), ("category", "process_creation")],
      ["CommandLine", "Image"]
    ),
    ([("product", "windows"), ("category", "registry_set")], ["TargetObject", "Details"]),
    ([("product", "windows"), ("category", "file_event")], ["TargetFilename", "Image"]),
    ([("product", "windows"), ("category", "ps_script")], ["ScriptBlockText", "Path"]),
    ([("product", "windows"), ("category", "image_load")], ["ImageLoaded", "Image"]),
    ([("product", "windows"), ("service", "security")], ["ProcessName", "SubjectUserName"]),
    ([("product", "linux"), ("category", "process_creation")], ["CommandLine", "Image"]),
    ([("product", "aws"), ("service", "cloudtrail")], ["eventName", "eventSource"]),
  ]

  static let syllables = [
    "ab", "an", "ar", "ba", "be", "bin", "ca", "cli", "cmd", "con", "da", "de", "dir", "ex", "fi",
    "ga", "get", "ha", "hel", "in", "jo", "ker", "la", "lib", "ma", "met", "mod", "na", "net", "no",
    "ob", "pa", "per", "po", "pro", "que", "ra", "reg", "ro", "run", "sa", "ser", "sh", "sys", "ta",
    "tem", "ti", "to", "tro", "un", "up", "va", "ver", "vi", "win", "wo", "xa", "ya", "za", "zip",
  ]
}

/// Windows and Sysmon events as JSON lines of some two kilobytes, like those of a busy host.
struct WindowsLines {
  private var draw = Draw(seed: 0x7379_736d)
  private var clock = LineClock()
  private let images: [String]
  private let users: [String]
  private let commands: [String]

  init() {
    var draw = Draw(seed: 0x776e_6e74)
    func word() -> String {
      (0..<2 + draw.below(3)).map { _ in draw.pick(GeneratedRules.syllables) }.joined()
    }
    images = (0..<400).map { number in
      number < 60
        ? "C:\\\\Windows\\\\System32\\\\\(word()).exe"
        : "C:\\\\Program Files\\\\\(word())\\\\\(word()).exe"
    }
    users = (0..<40).map { _ in "CORP\\\\\(word())" }
    commands = (0..<3_000).map { _ in
      (0..<2 + draw.below(8)).map { _ in "\(draw.pick(["-", "/", ""]))\(word())" }
        .joined(separator: " ")
    }
  }

  mutating func write(to out: inout LineWriter) {
    clock.advance(seconds: draw.below(20) == 0 ? 1 : 0)
    let id = [1, 13, 11, 7, 1, 3, 10, 1][draw.below(8)]
    out.write("{\"EventID\":\(id),\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",")
    out.write("\"Computer\":\"host\(draw.below(30)).corp.example\",")
    out.write("\"Provider_Name\":\"Microsoft-Windows-Sysmon\",\"EventRecordID\":")
    out.write(draw.below(1 << 30))
    out.write(",\"SystemTime\":\"\(clock.isoDate)T\(clock.clock).123Z\",\"RuleName\":\"-\",")
    out.write("\"ProcessGuid\":\"")
    out.writeUUID(&draw)
    out.write("\",\"ProcessId\":\(draw.below(30_000)),\"User\":\"\(draw.pickSkewed(users))\",")
    let image = draw.pickSkewed(images)
    out.write("\"Image\":\"\(image)\",")
    switch id {
    case 1: process(image, &out)
    case 13:
      out.write("\"EventType\":\"SetValue\",\"TargetObject\":\"HKLM\\\\Software\\\\")
      out.write(draw.pickSkewed(commands).replacing("/", with: "").replacing(" ", with: "\\\\"))
      out.write("\",\"Details\":\"\(draw.pickSkewed(commands))\",")
    case 11: out.write("\"TargetFilename\":\"C:\\\\Users\\\\\(draw.below(900)).tmp\",")
    case 7: out.write("\"ImageLoaded\":\"\(draw.pickSkewed(images))\",\"Signed\":\"true\",")
    default: out.write("\"DestinationIp\":\"203.0.113.\(draw.below(250))\",")
    }
    out.write("\"Hashes\":\"MD5=")
    out.write(hexadecimal: draw.bits(), digits: 16)
    out.write(hexadecimal: draw.bits(), digits: 16)
    out.write(",SHA256=")
    for _ in 0..<4 { out.write(hexadecimal: draw.bits(), digits: 16) }
    out.write("\"}\n")
  }

  private mutating func process(_ image: String, _ out: inout LineWriter) {
    out.write("\"CommandLine\":\"\(image) \(draw.pickSkewed(commands)) \(draw.below(2_000))\",")
    out.write("\"ParentImage\":\"\(draw.pickSkewed(images))\",\"ParentCommandLine\":\"")
    out.write(draw.pickSkewed(commands))
    out.write("\",\"IntegrityLevel\":\"Medium\",\"LogonId\":\"0x3e7\",\"Company\":\"Example\",")
    out.write("\"CurrentDirectory\":\"C:\\\\Windows\\\\system32\\\\\",\"FileVersion\":\"10.0.1\",")
  }
}
