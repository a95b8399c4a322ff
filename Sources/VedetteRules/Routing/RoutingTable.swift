// Which events a word of a log source stands for, as data.
//
// After the taxonomy appendix of the Sigma specification 2.1 and SigmaHQ's tests/thor.yml. Where the
// appendix names a provider instead of event ids, every event of the provider passes.

/// The tables by which the fields of an event tell its log source.
enum RoutingTable {
  /// For a category the events that are of it.
  static let categories: [String: [RouteEntry]] = byName(
    sysmon + linuxSysmon + powerShell + security + defender + kernelFile
  )
  /// For a service the events that are of it.
  static let services: [String: [RouteEntry]] = byName(channels)

  /// For a service of a rule the services of events that it stands for too.
  static let serviceAliases: [String: [String]] = [
    // What Debian writes to auth.log.
    "auth": ["sshd", "sudo", "su", "login", "pam"]
  ]

  private static func byName(_ entries: [RouteEntry]) -> [String: [RouteEntry]] {
    Dictionary(grouping: entries, by: \.name)
  }

  private static let sysmonChannel = "Microsoft-Windows-Sysmon/Operational"
  private static let powerShellChannels = [
    "Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational",
  ]

  private static func sysmon(
    _ name: String,
    _ ids: [Int],
    eventTypes: [String] = []
  ) -> RouteEntry {
    var conditions = [("Channel", [sysmonChannel]), ("EventID", ids.map(String.init))]
    if !eventTypes.isEmpty { conditions.append(("EventType", eventTypes)) }
    return RouteEntry("windows", name, conditions)
  }

  private static let sysmon: [RouteEntry] = [
    sysmon("process_creation", [1]),
    sysmon("file_change", [2]),
    sysmon("network_connection", [3]),
    sysmon("sysmon_status", [4, 16]),
    sysmon("process_termination", [5]),
    sysmon("driver_load", [6]),
    sysmon("image_load", [7]),
    sysmon("create_remote_thread", [8]),
    sysmon("raw_access_thread", [9]),
    sysmon("process_access", [10]),
    sysmon("file_event", [11]),
    sysmon("registry_event", [12, 13, 14]),
    sysmon("registry_add", [12], eventTypes: ["CreateKey"]),
    sysmon("registry_delete", [12], eventTypes: ["DeleteKey", "DeleteValue"]),
    sysmon("registry_set", [13]),
    sysmon("registry_rename", [14]),
    sysmon("create_stream_hash", [15]),
    sysmon("pipe_created", [17, 18]),
    sysmon("wmi_event", [19, 20, 21]),
    sysmon("dns_query", [22]),
    sysmon("file_delete", [23]),
    // The appendix has one name, thor.yml the other.
    sysmon("clipboard_capture", [24]),
    sysmon("clipboard_change", [24]),
    sysmon("process_tampering", [25]),
    sysmon("file_delete_detected", [26]),
    sysmon("file_block_executable", [27]),
    sysmon("file_block_shredding", [28]),
    sysmon("file_executable_detected", [29]),
    sysmon("sysmon_error", [255]),
  ]

  private static let linuxSysmon: [RouteEntry] = [
    ("process_creation", "1"), ("network_connection", "3"), ("process_termination", "5"),
    ("file_event", "11"), ("file_delete", "23"),
  ].map { name, id in
    RouteEntry("linux", name, [("Channel", ["Linux-Sysmon/Operational"]), ("EventID", [id])])
  }

  private static let powerShell: [RouteEntry] =
    [("ps_module", "4103"), ("ps_script", "4104")].map { name, id in
      RouteEntry("windows", name, [("Channel", powerShellChannels), ("EventID", [id])])
    }
    + [
      ("ps_classic_start", "400"), ("ps_classic_provider_start", "600"),
      ("ps_classic_script", "800"),
    ].map { name, id in
      RouteEntry("windows", name, [("Channel", ["Windows PowerShell"]), ("EventID", [id])])
    }

  private static let registryMap = [
    "Image": "ProcessName", "TargetObject": "ObjectName", "Details": "NewValue",
  ]

  /// What Security 4657 says was done, as the message id and in English.
  private static let valueCreated = ["%%1904", "New registry value created"]
  private static let valueModified = ["%%1905", "Existing registry value modified"]
  private static let valueDeleted = ["%%1906", "Registry value deleted"]

  private static let security: [RouteEntry] =
    [
      RouteEntry(
        "windows",
        "process_creation",
        [("Channel", ["Security"]), ("EventID", ["4688"])],
        map: [
          "Image": "NewProcessName", "ParentImage": "ParentProcessName",
          "LogonId": "SubjectLogonId",
        ]
      )
    ]
    + [
      ("registry_event", valueCreated + valueModified + valueDeleted),
      ("registry_add", valueCreated),
      ("registry_set", valueModified),
    ].map { name, operations in
      RouteEntry(
        "windows",
        name,
        [("Channel", ["Security"]), ("EventID", ["4657"]), ("OperationType", operations)],
        map: registryMap
      )
    }

  private static let defender: [RouteEntry] = [
    RouteEntry(
      "windows",
      "antivirus",
      [
        ("Channel", ["Microsoft-Windows-Windows Defender/Operational"]),
        ("EventID", (Array(1006...1012) + [1017, 1018, 1019, 1115, 1116]).map(String.init)),
      ],
      map: ["Signature": "ThreatName", "Filename": "Path"]
    )
  ]

  private static let kernelFile: [RouteEntry] = ["file_access", "file_rename"].map { name in
    RouteEntry("windows", name, [("Provider_Name", ["Microsoft-Windows-Kernel-File"])])
  }
}
