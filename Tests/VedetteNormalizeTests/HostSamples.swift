import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

extension FormatSample {
  static let hosts: [FormatSample] = [
    FormatSample(
      name: "sshd in the journal",
      format: .journald,
      lines: [
        #"{"__CURSOR":"s=1","__REALTIME_TIMESTAMP":"1767225600123456","_HOSTNAME":"web1","PRIORITY":"6","SYSLOG_IDENTIFIER":"sshd","_PID":"4711","_EXE":"/usr/sbin/sshd","_CMDLINE":"sshd: root [priv]","MESSAGE":"Failed password for invalid user admin from 203.0.113.9 port 50412 ssh2"}"#
      ],
      logSource: LogSource(product: "linux", service: "sshd"),
      time: "2026-01-01T00:00:00.123456Z",
      fields: [
        "event.action": "ssh_login", "event.outcome": "failure", "user.name": "admin",
        "user.invalid": "true", "source.ip": "203.0.113.9", "source.port": "50412",
        "host.name": "web1", "process.name": "sshd", "process.pid": "4711", "log.level": "info",
        "process.executable": "/usr/sbin/sshd",
        "message": "Failed password for invalid user admin from 203.0.113.9 port 50412 ssh2",
      ]
    ),
    FormatSample(
      name: "a message as bytes",
      format: .journald,
      lines: [
        #"{"__REALTIME_TIMESTAMP":"1767225600000000","SYSLOG_IDENTIFIER":"su","MESSAGE":[112,97,109,95,117,110,105,120,40,115,117,58,115,101,115,115,105,111,110,41,58,32,115,101,115,115,105,111,110,32,111,112,101,110,101,100,32,102,111,114,32,117,115,101,114,32,114,111,111,116,32,98,121,32,98,111,98,40,117,105,100,61,49,48,48,48,41]}"#
      ],
      logSource: LogSource(product: "linux", service: "su"),
      time: "2026-01-01T00:00:00Z",
      fields: [
        "user.target.name": "root",
        "message": "pam_unix(su:session): session opened for user root by bob(uid=1000)",
      ]
    ),
    FormatSample(
      name: "Ollama under systemd",
      format: .journald,
      lines: [
        #"{"__REALTIME_TIMESTAMP":"1767225600000000","SYSLOG_IDENTIFIER":"ollama","_HOSTNAME":"gpu1","MESSAGE":"[GIN] 2025/12/31 - 16:00:00 | 200 |  1.125268431s |    198.51.100.7 | POST     \"/api/pull\""}"#
      ],
      logSource: LogSource(product: "ollama", category: "model_access"),
      time: "2026-01-01T00:00:00Z",
      fields: [
        "source.ip": "198.51.100.7", "url.path": "/api/pull", "event.action": "model_pull",
        "event.duration": "1125268431", "host.name": "gpu1", "process.name": "ollama",
      ]
    ),
    FormatSample(
      name: "a message that was too long for the writer",
      format: .journald,
      lines: [
        #"{"__REALTIME_TIMESTAMP":"1767225600000000","SYSLOG_IDENTIFIER":"app","MESSAGE":null}"#
      ],
      logSource: LogSource(product: "linux", service: "syslog"),
      time: "2026-01-01T00:00:00Z",
      fields: ["process.name": "app"]
    ),
    FormatSample(
      name: "a command, four lines of one serial",
      format: .auditd,
      lines: [
        """
        type=SYSCALL msg=audit(1767225600.123:4711): arch=c000003e syscall=59 success=yes exit=0 a0=5581 a1=5582 items=2 ppid=100 pid=101 auid=1000 uid=0 gid=0 tty=pts0 ses=3 comm="cat" exe="/usr/bin/cat" key="exec"\u{1d}ARCH=x86_64 SYSCALL=execve AUID="bob" UID="root"
        type=EXECVE msg=audit(1767225600.123:4711): argc=2 a0="cat" a1=2F6574632F736861646F77
        type=PATH msg=audit(1767225600.123:4711): item=0 name="/usr/bin/cat" nametype=NORMAL
        type=PROCTITLE msg=audit(1767225600.123:4711): proctitle=636174002F6574632F736861646F77
        """
      ],
      logSource: LogSource(product: "linux", service: "auditd"),
      time: "2026-01-01T00:00:00.123Z",
      fields: [
        "event.action": "execve", "event.outcome": "success", "process.name": "cat",
        "process.executable": "/usr/bin/cat", "process.pid": "101", "process.parent.pid": "100",
        "process.command_line": "cat /etc/shadow", "user.name": "bob",
        "event.id": "4711", "file.path": "/usr/bin/cat", "event.category": "process",
        "type": "SYSCALL", "a1": "5582", "proctitle": "cat /etc/shadow", "key": "exec",
      ]
    ),
    FormatSample(
      name: "a login, whose values are quoted once more",
      format: .auditd,
      lines: [
        #"node=web1 type=USER_LOGIN msg=audit(1767225600.500:99): pid=900 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct="root" exe="/usr/sbin/sshd" hostname=? addr=203.0.113.9 terminal=ssh res=failed'"#
      ],
      logSource: LogSource(product: "linux", service: "auditd"),
      time: "2026-01-01T00:00:00.500Z",
      fields: [
        "event.action": "user_login", "event.outcome": "failure", "user.name": "root",
        "source.ip": "203.0.113.9", "host.name": "web1", "event.category": "authentication",
        "process.executable": "/usr/sbin/sshd",
      ]
    ),
    FormatSample(
      name: "a connection, its address as the kernel has it",
      format: .auditd,
      lines: [
        "type=SYSCALL msg=audit(1767225601.000:4712): syscall=42 success=no pid=7\ntype=SOCKADDR msg=audit(1767225601.000:4712): saddr=02000050CB0071090000000000000000"
      ],
      logSource: LogSource(product: "linux", service: "auditd"),
      time: "2026-01-01T00:00:01Z",
      fields: [
        "destination.ip": "203.0.113.9", "destination.port": "80", "event.outcome": "failure",
      ]
    ),
    FormatSample(
      name: "a web server in a container, its line cut in two",
      format: .docker,
      lines: [
        #"{"log":"203.0.113.9 - - [01/Jan/2026:01:00:00 +0100] \"GET /x?y=1 ","stream":"stdout","time":"2026-01-01T00:00:00.000000001Z"}"#
          + "\n"
          + #"{"log":"HTTP/1.1\" 404 12\n","stream":"stdout","time":"2026-01-01T00:00:00.000000002Z"}"#
      ],
      logSource: LogSource(category: "webserver"),
      time: "2026-01-01T00:00:00.000000001Z",
      fields: [
        "source.ip": "203.0.113.9", "url.path": "/x", "http.response.status_code": "404",
        "stream": "stdout",
      ]
    ),
    FormatSample(
      name: "vLLM in a container, which writes no time",
      format: .docker,
      lines: [
        #"{"log":"(APIServer pid=1) INFO:     172.18.0.1:59468 - \"POST /v1/chat/completions HTTP/1.1\" 200 OK\n","stream":"stderr","attrs":{"container_id":"abc"},"time":"2026-01-01T00:00:00Z"}"#
      ],
      logSource: LogSource(product: "vllm", category: "model_access"),
      time: "2026-01-01T00:00:00Z",
      fields: [
        "source.ip": "172.18.0.1", "gen_ai.operation.name": "chat", "container.id": "abc",
        "ai.gateway.name": "vllm",
      ]
    ),
    FormatSample(
      name: "text of no known form in a container",
      format: .docker,
      lines: [
        #"{"log":"hello\tthere\n","stream":"stdout","attrs":{"container_id":"abc"},"time":"2026-01-01T00:00:00Z"}"#
      ],
      time: "2026-01-01T00:00:00Z",
      fields: ["message": "hello\tthere", "container.id": "abc"]
    ),
    FormatSample(
      name: "a firewall's pairs",
      format: .kv,
      lines: [
        #"date=2026-03-02 time=10:14:07 devname="FG-1" logid="0000000013" type="traffic" level=notice srcip=203.0.113.9 srcport=50412 dstip=10.0.0.5 dstport=22 proto=6 action="deny" msg="it said \"no\" to C:\temp" sentbyte=12"#
      ],
      time: "2026-03-02T10:14:07Z",
      fields: [
        "host.name": "FG-1", "event.code": "0000000013", "source.ip": "203.0.113.9",
        "source.port": "50412", "destination.ip": "10.0.0.5", "destination.port": "22",
        "event.action": "deny", "event.outcome": "failure", "source.bytes": "12",
        "message": #"it said "no" to C:\temp"#, "log.level": "notice",
      ]
    ),
    FormatSample(
      name: "logfmt",
      format: .kv,
      lines: [
        #"ts=2026-03-02T10:14:07.5Z level=info msg="user logged in" user=ann ip=2001:db8::1"#
      ],
      time: "2026-03-02T10:14:07.500Z",
      fields: ["user.name": "ann", "source.ip": "2001:db8::1", "message": "user logged in"]
    ),
    FormatSample(
      name: "a table with quotes",
      format: .csv,
      lines: [
        "timestamp,user,src_ip,message",
        #"2026-03-02T10:14:07Z,ann,203.0.113.9,"said ""hi"", left""#,
      ],
      time: "2026-03-02T10:14:07Z",
      fields: [
        "user.name": "ann", "source.ip": "203.0.113.9", "message": #"said "hi", left"#,
      ],
      isDetected: false
    ),
  ]

  static let network: [FormatSample] = [
    FormatSample(
      name: "CEF behind a syslog header",
      format: .cef,
      lines: [
        #"<134>Mar  2 10:14:07 fw1 CEF:0|Acme|Fire\|wall|1.0|100|Port scan|7|src=203.0.113.9 spt=50412 dst=10.0.0.5 dpt=22 suser=ann act=blocked msg=a\=b \\ c and more cs1Label=Rule cs1=deny all cnt=3 rt=1772446447000"#
      ],
      time: "2026-03-02T10:14:07Z",
      fields: [
        "event.provider": "Fire|wall", "event.code": "100", "event.action": "blocked",
        "event.outcome": "failure", "log.level": "7", "source.ip": "203.0.113.9",
        "source.port": "50412", "destination.ip": "10.0.0.5", "destination.port": "22",
        "user.name": "ann", "message": #"a=b \ c and more"#, "Rule": "deny all",
        "event.count": "3", "host.name": "fw1",
      ]
    ),
    FormatSample(
      name: "CEF with a time in words",
      format: .cef,
      lines: ["CEF:0|A|B|1|2|n|3|rt=Mar 02 2026 10:14:07 src=10.0.0.1"],
      time: "2026-03-02T10:14:07Z",
      fields: ["source.ip": "10.0.0.1", "event.action": "n"]
    ),
    FormatSample(
      name: "LEEF 1.0",
      format: .leef,
      lines: [
        "LEEF:1.0|Acme|IPS|4.1|sig-9|src=203.0.113.9\tdst=10.0.0.5\tusrName=ann\tsev=5\tdevTime=1772446447000\taction=denied"
      ],
      time: "2026-03-02T10:14:07Z",
      fields: [
        "event.code": "sig-9", "source.ip": "203.0.113.9", "destination.ip": "10.0.0.5",
        "user.name": "ann", "log.level": "5", "event.outcome": "failure",
      ]
    ),
    FormatSample(
      name: "LEEF 2.0 with a separator of its own",
      format: .leef,
      lines: ["LEEF:2.0|Acme|IPS|4.1|sig-9|^|src=203.0.113.9^usrName=ann b"],
      fields: ["source.ip": "203.0.113.9", "user.name": "ann b"]
    ),
    FormatSample(
      name: "LEEF 2.0 with a separator in digits",
      format: .leef,
      lines: ["LEEF:2.0|Acme|IPS|4.1|sig-9|x5E|src=203.0.113.9^usrName=ann"],
      fields: ["source.ip": "203.0.113.9", "user.name": "ann"]
    ),
    FormatSample(
      name: "LEEF 2.0 whose writer left the separator out",
      format: .leef,
      lines: ["LEEF:2.0|Acme|IPS|4.1|sig-9|src=203.0.113.9\tusrName=ann"],
      fields: ["source.ip": "203.0.113.9", "user.name": "ann"]
    ),
    FormatSample(
      name: "a connection of Zeek as JSON",
      format: .zeek,
      lines: [
        #"{"ts":1767225600.5,"uid":"C1","id.orig_h":"203.0.113.9","id.orig_p":50412,"id.resp_h":"10.0.0.5","id.resp_p":22,"proto":"tcp","service":"ssh","duration":1.5,"orig_bytes":10,"resp_bytes":20,"conn_state":"SF"}"#
      ],
      logSource: LogSource(product: "zeek", service: "conn"),
      time: "2026-01-01T00:00:00.500Z",
      fields: [
        "source.ip": "203.0.113.9", "source.port": "50412", "destination.ip": "10.0.0.5",
        "destination.port": "22", "network.transport": "tcp", "network.protocol": "ssh",
        "event.duration": "1500000000", "source.bytes": "10", "destination.bytes": "20",
        "event.id": "C1",
      ]
    ),
    FormatSample(
      name: "DNS of Zeek as a table",
      format: .zeek,
      lines: [
        #"#separator \x09"#, "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-",
        "#path\tdns",
        "#fields\tts\tuid\tid.orig_h\tid.orig_p\tquery\tqtype_name\tanswers\trejected",
        "#types\ttime\tstring\taddr\tport\tstring\tstring\tvector[string]\tbool",
        "1767225600.000000\tC2\t203.0.113.9\t5353\ta\\x09b.example\t-\t192.0.2.1,192.0.2.2\tF",
      ],
      logSource: LogSource(product: "zeek", service: "dns"),
      time: "2026-01-01T00:00:00Z",
      fields: [
        "_path": "dns", "dns.question.name": "a\tb.example", "source.ip": "203.0.113.9",
        "answers": "192.0.2.1", "rejected": "F",
      ],
      isDetected: false
    ),
  ]
}
