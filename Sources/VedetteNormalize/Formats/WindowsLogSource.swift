// Sigma's log sources of Windows events, after the taxonomy appendix of the Sigma specification.
//
// An event has one log source. That a Security 4688 is a process creation too is a matter of the
// rules, which route by Channel and EventID.

import VedetteEvent

/// Which log source a Windows event has.
enum WindowsLogSource {
  /// Services by channel, in lower case; a channel that ends in `*` stands for all that start so.
  static let services: [(channel: String, service: String)] = [
    ("security", "security"),
    ("system", "system"),
    ("application", "application"),
    ("microsoft-windows-sysmon/operational", "sysmon"),
    ("microsoft-windows-powershell/operational", "powershell"),
    ("powershellcore/operational", "powershell"),
    ("windows powershell", "powershell-classic"),
    ("microsoft-windows-windows defender/operational", "windefend"),
    ("microsoft-windows-taskscheduler/operational", "taskscheduler"),
    ("microsoft-windows-wmi-activity/operational", "wmi"),
    ("microsoft-windows-ntlm/operational", "ntlm"),
    ("microsoft-windows-dns-client/operational", "dns-client"),
    ("microsoft-windows-dns-server/analytical", "dns-server-analytic"),
    ("microsoft-windows-dns-server/audit", "dns-server-audit"),
    ("dns server", "dns-server"),
    ("microsoft-windows-driverframeworks-usermode/operational", "driver-framework"),
    ("microsoft-windows-codeintegrity/operational", "codeintegrity-operational"),
    ("microsoft-windows-windows firewall with advanced security/firewall", "firewall-as"),
    ("microsoft-windows-bits-client/operational", "bits-client"),
    ("microsoft-windows-applocker/*", "applocker"),
    ("microsoft-windows-appxdeploymentserver/operational", "appxdeployment-server"),
    ("microsoft-windows-appxpackaging/operational", "appxpackaging-om"),
    ("microsoft-windows-appmodel-runtime/admin", "appmodel-runtime"),
    ("microsoft-windows-printservice/admin", "printservice-admin"),
    ("microsoft-windows-printservice/operational", "printservice-operational"),
    (
      "microsoft-windows-terminalservices-localsessionmanager/operational",
      "terminalservices-localsessionmanager"
    ),
    ("microsoft-windows-smbclient/security", "smbclient-security"),
    ("microsoft-windows-smbclient/connectivity", "smbclient-connectivity"),
    ("microsoft-windows-smbserver/connectivity", "smbserver-connectivity"),
    ("microsoft-windows-security-mitigations/*", "security-mitigations"),
    ("microsoft-windows-shell-core/operational", "shell-core"),
    ("microsoft-windows-ldap-client/debug", "ldap"),
    ("microsoft-windows-lsa/operational", "lsa-server"),
    ("microsoft-windows-capi2/operational", "capi2"),
    ("microsoft-windows-diagnosis-scripted/operational", "diagnosis-scripted"),
    (
      "microsoft-windows-certificateservicesclient-lifecycle-system/operational",
      "certificateservicesclient-lifecycle-system"
    ),
    ("microsoft-servicebus-client*", "microsoft-servicebus-client"),
    ("microsoft-iis-configuration/operational", "iis-configuration"),
    ("msexchange management", "msexchange-management"),
    ("openssh/operational", "openssh"),
    ("microsoft-windows-application-experience/*", "application-experience"),
    ("microsoft-windows-vhdmp-operational", "vhdmp"),
    ("microsoft-windows-hyper-v-worker*", "hyper-v-worker"),
    ("microsoft-windows-kernel-eventtracing*", "kernel-event-tracing"),
    // Providers, for events that name no channel.
    ("microsoft-windows-sysmon", "sysmon"),
    ("microsoft-windows-security-auditing", "security"),
    ("microsoft-windows-powershell", "powershell"),
    ("powershell", "powershell-classic"),
  ]

  private static let sysmon: [Int64: String] = [
    1: "process_creation", 2: "file_change", 3: "network_connection", 4: "sysmon_status",
    5: "process_termination", 6: "driver_load", 7: "image_load", 8: "create_remote_thread",
    9: "raw_access_thread", 10: "process_access", 11: "file_event", 12: "registry_event",
    13: "registry_set", 14: "registry_rename", 15: "create_stream_hash", 16: "sysmon_status",
    17: "pipe_created", 18: "pipe_created", 19: "wmi_event", 20: "wmi_event", 21: "wmi_event",
    22: "dns_query", 23: "file_delete", 24: "clipboard_capture", 25: "process_tampering",
    26: "file_delete_detected", 27: "file_block_executable", 28: "file_block_shredding",
    29: "file_executable_detected", 255: "sysmon_error",
  ]

  /// The channel of Sysmon for Linux, and its provider.
  private static let linuxSysmon = ["linux-sysmon/operational", "linux-sysmon"]

  private static let powerShell: [Int64: String] = [4103: "ps_module", 4104: "ps_script"]
  private static let classic: [Int64: String] = [
    400: "ps_classic_start", 600: "ps_classic_provider_start", 800: "ps_classic_script",
  ]

  /// Returns the log source of an event.
  ///
  /// - Parameters:
  ///   - channel: The event's channel.
  ///   - eventID: Its id.
  /// - Returns: Product `windows`, or `linux` of Sysmon for Linux, with what the channel and the id tell.
  static func of(channel: String, eventID: Int64?) -> LogSource {
    let name = channel.lowercased()
    if linuxSysmon.contains(name) {
      return LogSource(
        product: "linux",
        category: eventID.flatMap { sysmon[$0] },
        service: "sysmon"
      )
    }
    let service = services.first { entry in
      entry.channel.hasSuffix("*")
        ? name.hasPrefix(entry.channel.dropLast()) : name == entry.channel
    }?.service
    var category: String?
    if let eventID {
      switch service {
      case "sysmon": category = sysmon[eventID]
      case "powershell": category = powerShell[eventID]
      case "powershell-classic": category = classic[eventID]
      default: break
      }
    }
    return LogSource(product: "windows", category: category, service: service)
  }
}

/// Log sources of events that were seen before: a channel and an id come again and again.
struct LogSourceCache {
  private var known: [String: [Int64: LogSource]] = [:]

  /// Returns the log source of a Windows event.
  mutating func windows(
    _ values: borrowing CapturedValues,
    channel: Int,
    eventID: Int
  ) -> LogSource {
    let channelText = values.text(channel) ?? ""
    let id = values.integer(eventID)
    if let known = known[channelText]?[id ?? -1] { return known }
    let made = WindowsLogSource.of(channel: channelText, eventID: id)
    // Channels and ids are few; whoever writes others gets no room.
    if known.count < 256, known[channelText, default: [:]].count < 1_024 {
      known[channelText, default: [:]][id ?? -1] = made
    }
    return made
  }
}
