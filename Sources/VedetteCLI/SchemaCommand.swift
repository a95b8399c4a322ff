import ArgumentParser
import VedetteEvent
import VedetteIncidents
import VedetteNormalize

/// `vedette schema`: every field, what it means and which formats fill it.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Show every field with its type, meaning and the formats that fill it.",
    discussion: """
      Rules and queries may use these names or a source's own, which --names adds. A format that \
      keeps content fills 'gen_ai.input.messages' and 'gen_ai.output.messages' only with \
      --keep-content.
      """
  )

  @OptionGroup var options: GlobalOptions
  @Option(help: "Show only what this format fills.") var format: String?
  @Flag(help: "Show what the formats themselves call each field.") var names = false
  @Argument(help: "Show only fields that begin with this, as source or gen_ai.usage.")
  var prefix = ""

  func validate() throws {
    guard let format, LogFormat(rawValue: format) == nil else { return }
    let known = LogFormat.allCases.map(\.rawValue).joined(separator: ", ")
    throw ValidationError("unknown format '\(format)'; known are \(known)")
  }

  func run() throws {
    let entries = SchemaEntry.all.filter { entry in
      entry.field.name.hasPrefix(prefix) && format.map { entry.formats.contains($0) } ?? true
    }
    switch options.format {
    case .table: for entry in entries { show(entry) }
    case .csv:
      Output.line("field,type,meaning,formats")
      for entry in entries {
        Output.line(
          [
            entry.field.name, entry.field.type.rawValue, entry.field.meaning,
            entry.formats.joined(separator: " "),
          ].map(CSV.field).joined(separator: ",")
        )
      }
    case .ndjson: for entry in entries { Output.line(object(entry)) }
    case .json: Output.line("[" + entries.map(object).joined(separator: ",\n") + "]")
    }
    if entries.isEmpty { options.note("no field of the schema begins with '\(prefix)'") }
  }

  private func show(_ entry: SchemaEntry) {
    let name = TerminalText.padded(entry.field.name, to: 40)
    let type = TerminalText.padded(entry.field.type.rawValue, to: 8)
    Output.shownLine("\(name) \(type) \(entry.field.meaning)")
    if format == nil, !entry.formats.isEmpty {
      Output.shownLine("    from \(entry.formats.joined(separator: ", "))")
    }
    guard names else { return }
    for (format, own) in entry.names where self.format == nil || self.format == format {
      Output.shownLine("    \(format): \(own.joined(separator: ", "))")
    }
  }

  private func object(_ entry: SchemaEntry) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("field", entry.field.name)
      json.member("type", entry.field.type.rawValue)
      json.member("meaning", entry.field.meaning)
      json.member("formats", entry.formats)
      if names {
        json.key("names")
        json.object { json in
          for (format, own) in entry.names {
            json.member(format, own)
          }
        }
      }
    }
    return json.text
  }
}
