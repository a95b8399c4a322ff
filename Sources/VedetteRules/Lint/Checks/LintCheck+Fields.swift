import VedetteDocuments
import VedetteEvent

extension LintCheck {
  /// The fields of a detection.
  static let fieldChecks: [LintCheck] = [
    item(
      "unknown-field",
      .warning,
      """
      Events of this log source have no such field, so that the rule compares with nothing: the \
      item is always false, and its negation always true. The known fields are those of Sysmon's \
      and the taxonomy's tables, the common fields of every Windows event, and Vedette's own \
      normalized names. Where your events have the field all the same, suppress the check.
      """
    ) { item, subject in
      guard !item.field.isEmpty, let known = FieldTaxonomy.fields(subject.root["logsource"]),
        !known.contains(item.field.lowercased()), !item.field.contains(where: \.isWhitespace),
        !item.field.contains("*")
      else { return nil }
      let nearest = NearestName.of(item.field, in: FieldTaxonomy.names(subject.root["logsource"]))
      let hint = nearest.map { "; did you mean '\($0)'?" } ?? "; see 'rules check --explain'"
      return LintIssue(
        item.position,
        "field '\(item.field)' is not known for this log source\(hint)"
      )
    },
    item(
      "field-with-blank",
      .warning,
      """
      A field's name in Sigma has no blanks: the names of the taxonomy are written together. One \
      with a blank, often at its end before a '|', is found in no event.
      """
    ) { item, _ in
      guard item.field.contains(where: \.isWhitespace) else { return nil }
      return LintIssue(
        item.position,
        "field '\(item.field)' has a blank; write it without"
      )
    },
    item(
      "field-with-wildcard",
      .warning,
      """
      Wildcards stand in values, not in the names of fields: this looks for a field of just that \
      name. Write an item for each field, or a keyword, which is looked for in all.
      """
    ) { item, _ in
      guard item.field.contains("*"), !item.field.contains(where: \.isWhitespace) else {
        return nil
      }
      return LintIssue(
        item.position,
        "field '\(item.field)' has a wildcard, which only values may have; name the fields"
      )
    },
    item(
      "field-to-itself",
      .warning,
      """
      A field that is there always equals itself, contains itself and starts with itself, so that \
      the comparison says nothing. Name the other field.
      """
    ) { item, _ in
      guard item.has("fieldref"), !item.field.isEmpty,
        let value = item.values.first(where: {
          $0.scalar.text.lowercased() == item.field.lowercased()
        })
      else { return nil }
      return LintIssue(
        value.position,
        "'\(item.field)' is compared with itself; name another field"
      )
    },
    LintCheck(
      "contradicting-null",
      .warning,
      """
      What stands in one mapping must all hold. A field can't be null, or not exist, and have a \
      value too, so that the search never holds. Write them as two entries of a list, or as two \
      searches.
      """
    ) { subject in
      subject.mappings.compactMap { search, mapping in
        let isGone: (Mapping.Entry) -> Bool = { entry in
          entry.key.hasSuffix("|exists")
            ? entry.value.scalar?.value == .boolean(false) : entry.value.scalar?.value == .null
        }
        for entry in mapping.entries where isGone(entry) {
          let field = entry.key.prefix { $0 != "|" }
          let other = mapping.entries.first { other in
            other.key != entry.key && other.key.prefix { $0 != "|" } == field && !isGone(other)
              && !other.key.contains("|neq")
          }
          guard let other else { continue }
          return LintIssue(
            other.keyPosition,
            "'\(field)' must be absent and have a value in search '\(search)'; make it a list"
          )
        }
        return nil
      }
    },
  ]
}

/// Which fields events of a log source have: after Sysmon's schema and the taxonomy appendix.
enum FieldTaxonomy {
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

  private static let normalized = FieldCatalog.fields.map(\.name)
  private static let folded: [String: Set<String>] = tables.mapValues { names in
    Set((names + normalized).map { $0.lowercased() })
  }

  private static func key(_ source: Node?) -> String? {
    guard let source = source?.mapping, let category = source["category"]?.scalar?.text,
      source["service"] == nil
    else { return nil }
    let product = source["product"]?.scalar?.text ?? ""
    return "\(product)/\(category)".lowercased()
  }

  /// The fields in lower case, or `nil` where no table lists them.
  static func fields(_ source: Node?) -> Set<String>? { key(source).flatMap { folded[$0] } }

  /// The fields as they are written.
  static func names(_ source: Node?) -> [String] { key(source).flatMap { tables[$0] } ?? [] }
}
