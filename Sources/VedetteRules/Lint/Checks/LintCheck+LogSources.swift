import VedetteDocuments
import VedetteEvent

extension LintCheck {
  private static let logSourceKeys = ["product", "category", "service", "definition"]
  private static let gates = ["product", "category", "service"]

  /// The events a rule looks at.
  static let logSourceChecks: [LintCheck] = [
    LintCheck(
      "unknown-logsource-key",
      .warning,
      """
      A log source has product, category, service and definition. Any other key says nothing, and \
      a misspelt one leaves the rule looking at more events than meant.
      """
    ) { subject in
      (subject.root["logsource"]?.mapping?.entries ?? []).compactMap { entry in
        guard !logSourceKeys.contains(entry.key) else { return nil }
        return LintIssue(
          entry.keyPosition,
          "'\(entry.key)' in logsource says nothing\(suggestion(entry.key, logSourceKeys))"
        )
      }
    },
    parts(
      "logsource-not-lower-case",
      .warning,
      """
      The words of a log source are written in lower case. Vedette reads them in any case, other \
      tools do not find their events. The fix writes them in lower case.
      """
    ) { key, text, node, subject in
      guard text != text.lowercased() else { return nil }
      return LintIssue(
        node.position,
        "\(key) '\(text)' has capitals; write '\(text.lowercased())'",
        fix: subject.source.replacement(of: node, with: text.lowercased())
      )
    },
    parts(
      "logsource-with-blank",
      .warning,
      """
      The words of a log source have no blanks: they are 'process_creation' and 'dns-server'. One \
      with a blank is in no table, and the rule sees no event.
      """
    ) { key, text, node, _ in
      guard text.contains(" ") else { return nil }
      return LintIssue(node.position, "\(key) '\(text)' has a blank; write '_' or '-' for it")
    },
    parts(
      "misspelt-logsource",
      .warning,
      """
      No table knows this word, and one that is known differs by a letter or two. A rule whose log \
      source no event has is silent for ever. If the word is one of your own, suppress the check.
      """
    ) { key, text, node, _ in
      let word = text.lowercased()
      let known = LogSourceWords.known(key)
      guard !text.contains(" "), word.count > 3, !known.contains(word),
        let nearest = NearestName.of(word, in: known)
      else { return nil }
      return LintIssue(node.position, "unknown \(key) '\(text)'; did you mean '\(nearest)'?")
    },
    one(
      "unknown-windows-logsource",
      .note,
      """
      Events of Windows tell by their channel and number what they are; for this category or \
      service no channel is known. The rule sees only events that are asserted to be of it with \
      --logsource or 'logsource:' in the configuration.
      """
    ) { subject in
      guard case .rule(let rule) = subject.document, rule.logSource.product == "windows",
        Router.routes(rule.logSource).count == 1,
        rule.logSource.category != nil || rule.logSource.service != nil,
        let node = subject.root["logsource"]
      else { return nil }
      return LintIssue(
        node.position,
        "no channel is known for \(rule.logSource): only events asserted to be of it are looked at"
      )
    },
    one(
      "contradicting-logsource",
      .warning,
      """
      The category exists only on Windows and the rule names another product. Each part of a log \
      source is a gate, so that no event passes both.
      """
    ) { subject in
      guard let source = subject.root["logsource"]?.mapping,
        let category = source["category"]?.scalar?.text.lowercased(),
        let node = source["product"], let product = node.scalar?.text.lowercased(),
        LogSourceWords.windowsCategories.contains(category), product != "windows"
      else { return nil }
      return LintIssue(
        node.position,
        "category '\(category)' is of windows, not of '\(product)'; correct one of them"
      )
    },
    one(
      "logsource-without-product",
      .warning,
      """
      The category exists on several systems or only on Windows, and the rule names no product: it \
      looks at all of them, with paths and commands that are of one. Name the product.
      """
    ) { subject in
      guard let entry = subject.root.entry("logsource"), let source = entry.value.mapping,
        source["product"] == nil, let category = source["category"]?.scalar?.text.lowercased(),
        LogSourceWords.systemCategories.contains(category)
          || LogSourceWords.windowsCategories.contains(category)
      else { return nil }
      return LintIssue(
        entry.keyPosition,
        "category '\(category)' without a product; write 'product: windows', linux or macos"
      )
    },
  ]

  private static func parts(
    _ id: String,
    _ severity: LintSeverity,
    _ why: String,
    _ check: @escaping @Sendable (String, String, Node, LintSubject) -> LintIssue?
  ) -> LintCheck {
    LintCheck(id, severity, why) { subject in
      gates.compactMap { key in
        guard let node = subject.root["logsource"]?.mapping?[key],
          let text = node.scalar?.text, !text.isEmpty
        else { return nil }
        return check(key, text, node, subject)
      }
    }
  }
}

/// The words of log sources: those of the tables, and those that the taxonomy appendix and the rules
/// in use name beside them.
enum LogSourceWords {
  /// Categories that only Windows has.
  static let windowsCategories: Set<String> = [
    "create_remote_thread", "create_stream_hash", "driver_load", "image_load", "pipe_created",
    "process_access", "process_tampering", "ps_classic_provider_start", "ps_classic_script",
    "ps_classic_start", "ps_module", "ps_script", "raw_access_thread", "registry_add",
    "registry_delete", "registry_event", "registry_rename", "registry_set", "wmi_event",
  ]
  /// Categories that several systems have.
  static let systemCategories: Set<String> = [
    "file_access", "file_change", "file_delete", "file_event", "file_rename",
    "network_connection", "process_creation", "process_termination",
  ]

  private static let products = [
    "apache", "aws", "azure", "bedrock", "bitbucket", "cisco", "django", "fortigate", "fortios",
    "gcp", "github", "google_workspace", "huawei", "juniper", "jvm", "kubernetes", "linux",
    "litellm", "m365", "macos", "modsecurity", "nginx", "nodejs", "okta", "onelogin",
    "opencanary", "paloalto", "python", "qualys", "rpc_firewall", "ruby_on_rails", "spring",
    "sql", "velocity", "windows", "zeek",
  ]
  private static let categories: [String] =
    [
      "antivirus", "appliance", "application", "authentication", "database", "dns", "edr",
      "firewall", "ids", "model_access", "proxy", "webserver",
    ] + windowsCategories + systemCategories
    + RoutingTable.builtIn.allEntries.compactMap(\.category)
  private static let services: [String] =
    [
      "aaa", "activitylogs", "apache", "audit", "auditd", "auditlogs", "auth", "bgp", "clamav",
      "cloudtrail", "conn", "cron", "dce_rpc", "dns", "duo", "event", "exchange", "gcp.audit",
      "globalprotect", "google_workspace.admin", "google_workspace.login", "guacamole", "http",
      "journald", "kerberos", "ldp", "netflow", "nginx", "okta", "onelogin.events", "pim", "rdp",
      "riskdetection", "signinlogs", "smb_files", "sshd", "sslvpnd", "su", "sudo", "syslog",
      "threat_detection", "threat_management", "vsftpd", "x509",
    ] + RoutingTable.builtIn.allEntries.compactMap(\.service)

  private static let byKey: [String: [String]] = [
    "product": products, "category": Set(categories).sorted(), "service": Set(services).sorted(),
  ]

  /// The known words of a part of a log source.
  static func known(_ key: String) -> [String] { byKey[key] ?? [] }
}
