// The channels of Windows' services: the taxonomy appendix of the Sigma specification 2.1, then
// what SigmaHQ's rules and logsource guides name beside it.

extension RoutingTable {
  static let channels: [RouteEntry] = channelNames.map { service, channels in
    RouteEntry("windows", service, [("Channel", channels)])
  }

  private static let channelNames: [(service: String, channels: [String])] = [
    ("application", ["Application"]),
    (
      "application-experience",
      [
        "Microsoft-Windows-Application-Experience/Program-Telemetry",
        "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant",
      ]
    ),
    (
      "applocker",
      [
        "Microsoft-Windows-AppLocker/MSI and Script",
        "Microsoft-Windows-AppLocker/EXE and DLL",
        "Microsoft-Windows-AppLocker/Packaged app-Deployment",
        "Microsoft-Windows-AppLocker/Packaged app-Execution",
      ]
    ),
    ("appmodel-runtime", ["Microsoft-Windows-AppModel-Runtime/Admin"]),
    ("appxdeployment-server", ["Microsoft-Windows-AppXDeploymentServer/Operational"]),
    ("appxpackaging-om", ["Microsoft-Windows-AppxPackaging/Operational"]),
    ("bitlocker", ["Microsoft-Windows-BitLocker/BitLocker Management"]),
    ("bits-client", ["Microsoft-Windows-Bits-Client/Operational"]),
    ("capi2", ["Microsoft-Windows-CAPI2/Operational"]),
    (
      "certificateservicesclient-lifecycle-system",
      ["Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational"]
    ),
    ("codeintegrity-operational", ["Microsoft-Windows-CodeIntegrity/Operational"]),
    ("dhcp", ["Microsoft-Windows-DHCP-Server/Operational"]),
    ("diagnosis-scripted", ["Microsoft-Windows-Diagnosis-Scripted/Operational"]),
    (
      "dns-client",
      [
        "Microsoft-Windows-DNS Client Events/Operational",
        "Microsoft-Windows-DNS-Client/Operational",
      ]
    ),
    ("dns-server", ["DNS Server"]),
    ("dns-server-analytic", ["Microsoft-Windows-DNS-Server/Analytical"]),
    ("dns-server-audit", ["Microsoft-Windows-DNS-Server/Audit"]),
    ("driver-framework", ["Microsoft-Windows-DriverFrameworks-UserMode/Operational"]),
    (
      "firewall-as",
      ["Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"]
    ),
    ("hyper-v-worker", ["Microsoft-Windows-Hyper-V-Worker"]),
    ("iis-configuration", ["Microsoft-IIS-Configuration/Operational"]),
    ("kernel-event-tracing", ["Microsoft-Windows-Kernel-EventTracing"]),
    (
      "kernel-shimengine",
      [
        "Microsoft-Windows-Kernel-ShimEngine/Operational",
        "Microsoft-Windows-Kernel-ShimEngine/Diagnostic",
      ]
    ),
    ("ldap", ["Microsoft-Windows-LDAP-Client/Debug"]),
    ("lsa-server", ["Microsoft-Windows-LSA/Operational"]),
    (
      "microsoft-servicebus-client",
      ["Microsoft-ServiceBus-Client/Operational", "Microsoft-ServiceBus-Client/Admin"]
    ),
    ("msexchange-management", ["MSExchange Management"]),
    ("ntfs", ["Microsoft-Windows-Ntfs/Operational"]),
    ("ntlm", ["Microsoft-Windows-NTLM/Operational"]),
    ("openssh", ["OpenSSH/Operational"]),
    ("powershell", ["Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational"]),
    ("powershell-classic", ["Windows PowerShell"]),
    ("printservice-admin", ["Microsoft-Windows-PrintService/Admin"]),
    ("printservice-operational", ["Microsoft-Windows-PrintService/Operational"]),
    ("security", ["Security"]),
    (
      "security-mitigations",
      [
        "Microsoft-Windows-Security-Mitigations/Kernel Mode",
        "Microsoft-Windows-Security-Mitigations/User Mode",
      ]
    ),
    ("sense", ["Microsoft-Windows-SENSE/Operational"]),
    (
      "servicebus-client",
      ["Microsoft-ServiceBus-Client/Operational", "Microsoft-ServiceBus-Client/Admin"]
    ),
    ("shell-core", ["Microsoft-Windows-Shell-Core/Operational"]),
    ("smbclient-connectivity", ["Microsoft-Windows-SmbClient/Connectivity"]),
    ("smbclient-security", ["Microsoft-Windows-SmbClient/Security"]),
    ("smbserver-connectivity", ["Microsoft-Windows-SMBServer/Connectivity"]),
    ("sysmon", ["Microsoft-Windows-Sysmon/Operational"]),
    ("system", ["System"]),
    ("taskscheduler", ["Microsoft-Windows-TaskScheduler/Operational"]),
    (
      "terminalservices-localsessionmanager",
      ["Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"]
    ),
    (
      "vhdmp",
      ["Microsoft-Windows-VHDMP/Operational", "Microsoft-Windows-VHDMP-Operational"]
    ),
    ("windefend", ["Microsoft-Windows-Windows Defender/Operational"]),
    ("wmi", ["Microsoft-Windows-WMI-Activity/Operational"]),
  ]
}
