/// How the shippers of Windows events name what Sigma has plain names for.
enum WindowsMapping {
  /// Names that some shippers use at the top for parts of an event's head.
  ///
  /// They have no envelope that says so, and members of events have the same names (`ProviderName`):
  /// they keep their own column, and the plain name gets a copy where it is not there itself.
  static let headNames: [(head: String, names: [String])] = [
    ("Channel", ["LogName", "log_name"]),
    ("Computer", ["Hostname", "MachineName", "computer_name"]),
    ("EventID", ["EventId", "event_id"]),
    ("Provider_Name", ["SourceName", "source_name", "ProviderName"]),
  ]

  /// Envelopes whose members have their plain name inside.
  private static let envelopes = [
    "Event.EventData.", "winlog.event_data.", "EventData.", "event_data.", "Event.UserData.",
    "winlog.user_data.", "UserData.", "data.win.eventdata.",
  ]

  /// Names of their own that shippers give to parts of an event's head.
  private static let names: [String: String] = [
    "winlog.activity_id": "ActivityID",
    "winlog.channel": "Channel",
    "winlog.computer_name": "Computer",
    "winlog.event_id": "EventID",
    "winlog.keywords": "Keywords",
    "winlog.opcode": "Opcode",
    "winlog.process.pid": "Execution_ProcessID",
    "winlog.process.thread.id": "Execution_ThreadID",
    "winlog.provider_guid": "Provider_Guid",
    "winlog.provider_name": "Provider_Name",
    "winlog.record_id": "EventRecordID",
    "winlog.task": "Task",
    "winlog.user.identifier": "Security_UserID",
    "winlog.version": "Version",
    "message": "Message",
    // Wazuh
    "data.win.system.channel": "Channel",
    "data.win.system.computer": "Computer",
    "data.win.system.eventID": "EventID",
    "data.win.system.eventRecordID": "EventRecordID",
    "data.win.system.providerName": "Provider_Name",
    "data.win.system.systemTime": "SystemTime",
    "data.win.system.message": "Message",
  ]

  /// Returns the plain name of a path, as Sigma's rules have it.
  ///
  /// `Event.System.Provider.#attributes.Name` is `Provider_Name`, `winlog.event_data.Image` is
  /// `Image`, and a path of no envelope is its own name.
  static func ownName(_ path: String) -> String {
    if let name = names[path] { return name }
    for prefix in ["Event.System.", "System."] where path.hasPrefix(prefix) {
      return headName(String(path.dropFirst(prefix.count)))
    }
    for prefix in envelopes where path.hasPrefix(prefix) {
      let name = memberName(String(path.dropFirst(prefix.count)), envelope: prefix)
      // The event "log cleared" names the cleared log in a member `Channel`: not its own.
      return headOnly.contains(name) ? path : name
    }
    return path
  }

  /// Plain names that only an event's head may fill: they decide what the event is.
  private static let headOnly: Set<String> = [
    "Channel", "Computer", "EventID", "Provider_Name", "SystemTime",
  ]

  private static let attributeKeys = ["#attributes", "@attributes", "$"]

  private static func headName(_ name: String) -> String {
    var parts = name.split(separator: ".").map(String.init)
    parts.removeAll { attributeKeys.contains($0) || $0 == "#text" || $0 == "_text" }
    parts = parts.map { part in
      let bare = part.hasPrefix("@") || part.hasPrefix("-") ? String(part.dropFirst()) : part
      return bare.hasSuffix("_attributes") ? String(bare.dropLast(11)) : bare
    }
    let joined = parts.joined(separator: "_")
    return joined == "TimeCreated_SystemTime" ? "SystemTime" : joined
  }

  private static func memberName(_ name: String, envelope: String) -> String {
    switch envelope {
    case "Event.UserData.", "UserData.":
      // The element around the members has a name of its own.
      return name.split(separator: ".").last.map(String.init) ?? name
    case "data.win.eventdata.":
      return name.prefix(1).uppercased() + name.dropFirst()
    default:
      return name.hasSuffix(".#text") ? String(name.dropLast(6)) : name
    }
  }
}
