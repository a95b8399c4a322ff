import VedetteEvent

/// What a company does in its cloud all day, as CloudTrail shows it.
struct CloudOperations {
  let first: EventTime
  let last: EventTime
  /// Minutes between two looks of the monitoring.
  let monitoringMinutes: Int
  /// Minutes between two reads of the application.
  let applicationMinutes: Int

  /// The continuous integration's user, which has a long-term key.
  static let integration = CloudCaller.user(
    "ci-deploy",
    key: "AKIAEXAMPLE7Q3RTN5WJ",
    address: "192.0.2.30",
    agent: "aws-cli/2.15.30 Python/3.11.8 Linux/6.1.0-18-amd64 exe/x86_64.debian.12"
  )
  /// The role that infrastructure is written with.
  static let infrastructure = CloudCaller.role(
    "infrastructure",
    session: "pipeline-main",
    address: "192.0.2.30",
    agent: "APN/1.0 HashiCorp/1.0 Terraform/1.7.4 terraform-provider-aws/5.39.0"
  )
  /// The application's role.
  static let application = CloudCaller.role(
    "shop-api",
    session: "i-0example4f1d2c3b",
    address: "192.0.2.41",
    agent: "aws-sdk-java/2.24.5 Linux/6.1.79 OpenJDK_64-Bit_Server_VM/21.0.2"
  )
  /// The monitoring's role.
  static let monitoring = CloudCaller.role(
    "monitoring",
    session: "exporter",
    address: "192.0.2.42",
    agent: "yet-another-exporter/0.57.0 aws-sdk-go/1.50.25"
  )
  /// The private endpoint of the network.
  static let endpoint = "vpce-0example1a2b3c4d5"

  /// Writes monitoring, application, deployments and people.
  func write(to log: inout CloudTrailLog, seed: UInt64) {
    var time = first.plus(seconds: 20)
    while time < last {
      log.add(CloudCall("ec2", "DescribeInstances"), by: Self.monitoring, at: time)
      time = time.plus(minutes: monitoringMinutes)
    }
    writeApplication(to: &log, seed: seed)
    writeDeployments(to: &log)
    writePeople(to: &log, seed: seed)
  }

  private func writeApplication(to log: inout CloudTrailLog, seed: UInt64) {
    var chance = Chance(seed: seed, stream: "application")
    var time = first.plus(seconds: 95)
    while time < last {
      let key = "orders/2026/03/02/\(chance.hexadecimalDigits(8)).json"
      let call = CloudCall.object(key, in: "example-shop", bytes: chance.integer(in: 900...9_000))
      log.add(call.with { $0.endpoint = Self.endpoint }, by: Self.application, at: time)
      time = time.plus(seconds: applicationMinutes * 60 + chance.integer(in: 0...9))
    }
  }

  private func writeDeployments(to log: inout CloudTrailLog) {
    let reads: [(service: String, name: String)] = [
      ("sts", "GetCallerIdentity"), ("ec2", "DescribeVpcs"), ("ec2", "DescribeSubnets"),
      ("s3", "GetBucketPolicy"), ("iam", "GetRole"), ("iam", "ListAttachedRolePolicies"),
    ]
    var round = first.plus(minutes: 11)
    while round < last {
      for (index, read) in reads.enumerated() {
        let call = CloudCall(read.service, read.name)
        log.add(call, by: Self.infrastructure, at: round.plus(seconds: index * 2))
      }
      let identity = CloudCall("sts", "GetCallerIdentity")
      log.add(identity, by: Self.integration, at: round.plus(seconds: 40))
      let update = CloudCall("lambda", "UpdateFunctionCode20150331v2").with {
        $0.parameters = ["functionName": "shop-mailer", "publish": true]
      }
      log.add(update, by: Self.integration, at: round.plus(seconds: 46))
      round = round.plus(minutes: 30)
    }
  }

  private func writePeople(to log: inout CloudTrailLog, seed: UInt64) {
    var chance = Chance(seed: seed, stream: "cloud people")
    let reads: [(service: String, name: String)] = [
      ("ec2", "DescribeInstances"), ("logs", "FilterLogEvents"), ("rds", "DescribeDBInstances"),
      ("s3", "ListBuckets"), ("cloudwatch", "GetMetricData"), ("lambda", "ListFunctions20150331"),
    ]
    for time in chance.times(24, from: first, to: last) {
      let caller = Self.person(chance.pick(["anna", "emil", "hana"]))
      let read = chance.pick(reads)
      log.add(CloudCall(read.service, read.name), by: caller, at: time)
    }
  }

  /// A person who came in through single sign-on.
  static func person(_ name: String) -> CloudCaller {
    .role(
      "developer",
      session: "\(name)@example.com",
      address: People.office,
      agent: "aws-cli/2.15.30 Python/3.11.8 Darwin/23.3.0 exe/x86_64"
    )
  }
}
