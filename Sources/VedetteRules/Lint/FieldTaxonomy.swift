import VedetteDocuments
import VedetteEvent

/// Which fields events of a log source have: after Sysmon's schema and the taxonomy appendix, and
/// by the data file `fields.yml` for what is not of an operating system.
enum FieldTaxonomy {
  /// The fields of a log source.
  struct Fields: Sendable {
    /// The names as they are written.
    var names: [String]
    /// The names in lower case.
    private var folded: Set<String>
    /// The members below which everything is known, in lower case, with a dot behind them.
    private var prefixes: [String]

    init(names: [String], below: [String]) {
      self.names = names + below
      folded = Set((names + below).map { $0.lowercased() })
      prefixes = below.map { $0.lowercased() + "." }
    }

    /// Adds names.
    mutating func add(_ more: [String]) {
      names += more
      folded.formUnion(more.map { $0.lowercased() })
    }

    /// Whether a field is one of these, whatever its case.
    func contains(_ field: String) -> Bool {
      let name = field.lowercased()
      return folded.contains(name) || prefixes.contains { name.hasPrefix($0) }
        || FieldTaxonomy.normalized.contains(name)
    }
  }

  /// What every Windows event has.
  private static let windows = [
    "EventID", "Channel", "Provider_Name", "ProviderName", "Computer", "EventRecordID", "Level",
    "Task", "Opcode", "Keywords", "Version", "UtcTime", "RuleName", "ProcessId", "ProcessGuid",
    "ThreadID", "UserID", "Hostname", "EventType", "EventLog", "Message", "TimeCreated",
  ]
  private static let process = [
    "Image", "User", "CommandLine", "ParentImage", "ParentCommandLine", "IntegrityLevel",
  ]
  private static let file = [
    "FileVersion", "Description", "Product", "Company", "OriginalFileName", "Hashes", "Imphash",
    "md5", "sha1", "sha256",
  ]
  private static let creation: [String] =
    process + file + [
      "CurrentDirectory", "LogonGuid", "LogonId", "TerminalSessionId", "ParentProcessGuid",
      "ParentProcessId", "ParentUser", "GrandParentImage", "GrandParentCommandLine",
      "SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId", "TargetUserSid",
      "TargetUserName", "TargetDomainName", "TargetLogonId", "NewProcessId", "NewProcessName",
      "ParentProcessName", "TokenElevationType", "MandatoryLabel", "ProcessCommandLine",
    ]
  private static let signed = ["Signed", "Signature", "SignatureStatus"]
  private static let change: [String] =
    process + [
      "TargetFilename", "SourceFilename", "FileName", "CreationUtcTime", "PreviousCreationUtcTime",
      "Hashes", "Hash", "Contents", "IsExecutable", "Archived", "md5", "sha1", "sha256", "Imphash",
      "ProcessCommandLine", "MagicHeader",
    ]
  private static let registry: [String] =
    process + [
      "TargetObject", "Details", "NewName", "ObjectName", "ObjectValueName", "OperationType",
      "OldValue", "NewValue", "ProcessName", "SubjectUserName", "SubjectUserSid", "SubjectLogonId",
    ]
  private static let connection: [String] =
    process + [
      "Protocol", "Initiated", "SourceIsIpv6", "SourceIp", "SourceHostname", "SourcePort",
      "SourcePortName", "DestinationIsIpv6", "DestinationIp", "DestinationHostname",
      "DestinationPort", "DestinationPortName",
    ]
  private static let access: [String] = [
    "SourceProcessGuid", "SourceProcessGUID", "SourceProcessId", "SourceThreadId", "SourceImage",
    "TargetProcessGuid", "TargetProcessGUID", "TargetProcessId", "TargetImage", "GrantedAccess",
    "CallTrace", "SourceUser", "TargetUser", "NewThreadId", "StartAddress", "StartModule",
    "StartFunction", "SourceCommandLine", "TargetCommandLine", "SourceParentImage",
    "TargetParentImage", "TargetParentProcessId", "SourceParentProcessId",
  ]
  private static let web = [
    "c-ip", "c-uri", "c-uri-extension", "c-uri-query", "c-uri-stem", "c-useragent", "cs-bytes",
    "cs-content-type", "cs-cookie", "cs-host", "cs-method", "cs-referer", "cs-referrer",
    "cs-uri", "cs-uri-query", "cs-uri-stem", "cs-user-agent", "cs-username", "cs-version",
    "date", "dst_ip", "dst_port", "r-dns", "s-computername", "s-ip", "s-port", "s-sitename",
    "sc-bytes", "sc-status", "sc-substatus", "sc-win32-status", "src_ip", "src_port", "time",
    "time-taken", "win32-status",
  ]

  private static let windowsTable: [String: [String]] = {
    var table: [String: [String]] = [
      "process_creation": creation, "process_termination": process,
      "image_load":
        process + file + signed + ["ImageLoaded"],
      "driver_load": file + signed + ["ImageLoaded", "Image"],
      "network_connection": connection,
      "process_access": access, "create_remote_thread": access,
      "dns_query": process + ["QueryName", "QueryStatus", "QueryResults"],
      "pipe_created": process + ["PipeName"],
      "process_tampering": process + ["Type"],
      "raw_access_thread": process + ["Device"],
      "ps_script": ["ScriptBlockText", "ScriptBlockId", "Path", "MessageNumber", "MessageTotal"],
      "ps_module": ["Payload", "ContextInfo", "UserData"],
    ]
    for name in [
      "file_event", "file_change", "file_delete", "file_delete_detected", "create_stream_hash",
      "file_access", "file_rename", "file_executable_detected", "file_block_executable",
      "file_block_shredding",
    ] {
      table[name] = change
    }
    for name in [
      "registry_event", "registry_add", "registry_delete", "registry_set", "registry_rename",
    ] {
      table[name] = registry
    }
    return table.mapValues { windows + $0 }
  }()

  private static let tables: [String: [String]] = {
    var tables = windowsTable.reduce(into: [:]) { tables, entry in
      tables["windows/\(entry.key)"] = entry.value
    }
    for product in ["linux", "macos"] {
      tables["\(product)/process_creation"] = windows + creation
      tables["\(product)/file_event"] = windows + change
      tables["\(product)/network_connection"] = windows + connection
    }
    for category in ["webserver", "proxy"] { tables["/\(category)"] = web }
    return tables
  }()

  private static let normalized = Set(FieldCatalog.fields.map { $0.name.lowercased() })

  /// The data file, read.
  static let builtIn: [LogSource: Fields] = {
    do throws(MappingError) {
      return try FieldTableReader(path: "fields.yml").read(PackageResources.fields_yml)
    } catch {
      preconditionFailure("the table of fields in the binary is damaged: \(error)")
    }
  }()

  private static let all: [LogSource: Fields] = {
    var all = builtIn
    for (words, names) in tables {
      let parts = words.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      let product = parts[0].isEmpty ? nil : parts[0]
      all[LogSource(product: product, category: parts[1])] = Fields(names: names, below: [])
    }
    // What a routing table gives another name is found under that one.
    for entry in RoutingTable.builtIn.allEntries {
      let source = LogSource(
        product: entry.product,
        category: entry.category,
        service: entry.service
      )
      guard let fields = all[source] else { continue }
      let mapped = entry.passages.flatMap(\.fields.keys)
      all[source] = fields.adding(mapped.sorted())
    }
    return all
  }()

  /// Returns the fields of a log source.
  ///
  /// - Parameter source: The log source, in lower case.
  /// - Returns: The fields, or `nil` where no table lists them.
  static func fields(_ source: LogSource) -> Fields? { all[source] }
}

extension FieldTaxonomy.Fields {
  /// Returns these fields and others.
  func adding(_ more: [String]) -> FieldTaxonomy.Fields {
    var all = self
    all.add(more)
    return all
  }
}

/// Reads a table of fields.
///
/// ```yaml
/// fields:
///   - logsources: [{product: okta, service: okta}]
///     names: [uuid, eventType]
///     below: [actor, client]
/// ```
struct FieldTableReader {
  private let reading: MappingReading
  private let sources: RoutingTableReader

  init(path: String) {
    reading = MappingReading(path: path)
    sources = RoutingTableReader(path: path)
  }

  /// Reads a file.
  ///
  /// - Parameter bytes: The file's content.
  /// - Returns: The fields of each log source.
  /// - Throws: ``MappingError`` for the first thing that is not understood, is there twice, or is
  ///   out of place.
  func read(_ bytes: [UInt8]) throws(MappingError) -> [LogSource: FieldTaxonomy.Fields] {
    var tables: [LogSource: FieldTaxonomy.Fields] = [:]
    let root = try reading.mapping(try reading.root(bytes), "a table")
    for entry in root.entries where entry.key != "fields" {
      throw reading.unknown(entry, of: ["fields"])
    }
    guard let list = root["fields"] else { throw reading.error("'fields' is missing", .start) }
    for element in try reading.list(list, "'fields'") {
      let (ofTable, fields) = try table(element)
      for source in ofTable {
        guard tables[source] == nil else {
          throw reading.error("\(source) has a table already; join them", element.position)
        }
        tables[source] = fields
      }
    }
    return tables
  }

  private func table(
    _ node: Node
  ) throws(MappingError) -> ([LogSource], FieldTaxonomy.Fields) {
    var logSources: [LogSource] = []
    var names: [String] = []
    var below: [String] = []
    for entry in try reading.mapping(node, "an entry of 'fields'").entries {
      switch entry.key {
      case "logsources":
        for source in try reading.list(entry.value, "'logsources'") {
          logSources.append(try sources.logSource(source, "a log source"))
        }
      case "names": names = try distinct(entry)
      case "below": below = try distinct(entry)
      default: throw reading.unknown(entry, of: ["logsources", "names", "below"])
      }
    }
    guard !logSources.isEmpty else {
      throw reading.error("'logsources' is missing: whose fields are these?", node.position)
    }
    let prefixes = Set(below.map { $0.lowercased() })
    for name in names {
      let top = String(name.lowercased().prefix { $0 != "." })
      guard !prefixes.contains(top) else {
        throw reading.error("'\(name)' is known by 'below'; remove it", node.position)
      }
    }
    return (logSources, FieldTaxonomy.Fields(names: names, below: below))
  }

  private func distinct(_ entry: Mapping.Entry) throws(MappingError) -> [String] {
    let texts = try reading.texts(entry.value, "'\(entry.key)'")
    var seen: Set<String> = []
    for text in texts where !seen.insert(text.lowercased()).inserted {
      throw reading.error("'\(text)' is there twice; remove one", entry.keyPosition)
    }
    return texts
  }
}

extension LogSource {
  /// Reads the `logsource` of a rule as it is written, or returns `nil` if it is none.
  init?(_ node: Node?) {
    guard let mapping = node?.mapping else { return nil }
    self.init(
      product: mapping["product"]?.scalar?.text.lowercased(),
      category: mapping["category"]?.scalar?.text.lowercased(),
      service: mapping["service"]?.scalar?.text.lowercased()
    )
  }
}
