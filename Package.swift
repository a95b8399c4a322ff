// swift-tools-version: 6.3
import PackageDescription

/// Every target compiles with the strictest settings the toolchain offers.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "vedette",
  products: [
    .executable(name: "vedette", targets: ["VedetteCLI"]),
    .executable(name: "vedette-benchmarks", targets: ["VedetteBenchmarks"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // Vocabulary: what happened, many at once, what we think of it.
    module("VedetteEvent"),
    module("VedetteStatistics", ["VedetteEvent", "CScan"]),
    module("VedetteColumns", ["VedetteEvent"]),
    module("VedetteFindings", ["VedetteEvent", "VedetteColumns"]),

    // What ships in the binary beside code.
    .target(
      name: "VedetteContent",
      exclude: ["Data"],
      resources: [
        .embedInCode("Resources/rules.pack"), .embedInCode("Resources/tests.pack"),
        .embedInCode("Resources/techniques.pack"),
      ],
      swiftSettings: strict
    ),

    // Each the one importer of a package.
    module("VedetteDigest", [.product(name: "Crypto", package: "swift-crypto")]),

    module("VedetteDocuments", ["VedetteEvent", "Yams"]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // Stages: bytes to records to events to findings to incidents.
    module("VedetteIngest", ["VedetteEvent", "CZlib"]),
    // Scanning of bytes sixteen at a time, as inline functions of a header.
    .target(name: "CScan"),
    .target(
      name: "VedetteNormalize",
      dependencies: ["VedetteEvent", "VedetteColumns", "VedetteDocuments", "CScan"],
      // What each format calls things, and by which keys it is known.
      resources: [
        .embedInCode("Mapping/Resources/detection.yml"),
        .embedInCode("Mapping/Resources/hosts.yml"),
        .embedInCode("Mapping/Resources/network.yml"),
        .embedInCode("Mapping/Resources/cloud.yml"),
        .embedInCode("Mapping/Resources/models.yml"),
        .embedInCode("Enrichment/prices.csv"),
      ],
      swiftSettings: strict
    ),
    .target(
      name: "VedetteRules",
      dependencies: [
        "VedetteEvent", "VedetteColumns", "VedetteFindings", "VedetteStatistics",
        "VedetteDocuments",
      ],
      // Which fields events of a log source have, and which events it stands for.
      resources: [
        .embedInCode("Lint/Resources/fields.yml"),
        .embedInCode("Lint/Resources/fields-windows.yml"),
        .embedInCode("Lint/Resources/fields-models.yml"),
        .embedInCode("Routing/Resources/formats.yml"),
        .embedInCode("Routing/Resources/windows-channels.yml"),
        .embedInCode("Routing/Resources/windows-categories.yml"),
        .embedInCode("Routing/Resources/unix.yml"),
        .embedInCode("Routing/Resources/cloud.yml"),
        .embedInCode("Routing/Resources/network.yml"),
      ],
      swiftSettings: strict
    ),
    module(
      "VedetteBehavior",
      ["VedetteEvent", "VedetteColumns", "VedetteFindings", "VedetteStatistics"]
    ),
    module(
      "VedetteCorrelate",
      ["VedetteEvent", "VedetteColumns", "VedetteFindings", "VedetteStatistics"]
    ),
    module("VedetteIncidents", ["VedetteEvent", "VedetteFindings"]),
    module(
      "VedetteStore",
      [
        "VedetteEvent", "VedetteFindings", "VedetteDigest",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]
    ),
    // Beside the stages: what waits in the store goes out.
    module("VedetteNotify", ["VedetteEvent", "VedetteStore", "VedetteDigest"]),

    // The whole: the pipeline that wires the stages.
    module(
      "Vedette",
      [
        "VedetteEvent", "VedetteColumns", "VedetteFindings", "VedetteDigest", "VedetteDocuments",
        "VedetteContent", "VedetteIngest", "VedetteNormalize", "VedetteRules", "VedetteBehavior",
        "VedetteCorrelate", "VedetteIncidents", "VedetteStore", "VedetteNotify",
      ]
    ),

    // Interfaces.
    .executableTarget(
      name: "VedetteCLI",
      dependencies: [
        "Vedette", "VedetteEvent", "VedetteBehavior", "VedetteColumns", "VedetteFindings",
        "VedetteIncidents", "VedetteIngest", "VedetteNormalize", "VedetteNotify", "VedetteRules",
        "VedetteSimulation", "VedetteStatistics", "VedetteStore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),

    // Beside: deterministic worlds.
    module("VedetteSimulation", ["VedetteEvent", "VedetteStatistics"]),
    .executableTarget(
      name: "VedetteBenchmarks",
      dependencies: [
        "Vedette", "VedetteEvent", "VedetteStatistics", "VedetteColumns", "VedetteIngest",
        "VedetteNormalize", "VedetteRules", "VedetteStore", "VedetteFindings",
        "VedetteSimulation", "VedetteCorrelate", "VedetteIncidents",
      ],
      exclude: ["Scripts"],
      resources: [.embedInCode("Thresholds.json"), .embedInCode("floors.c")],
      swiftSettings: strict
    ),

    // Tests.
    tests("VedetteEventTests", ["VedetteEvent"]),
    tests("VedetteStatisticsTests", ["VedetteStatistics", "VedetteEvent"]),
    tests("VedetteColumnsTests", ["VedetteColumns", "VedetteEvent", "VedetteStatistics"]),
    tests("VedetteFindingsTests", ["VedetteFindings", "VedetteColumns", "VedetteEvent"]),
    tests("VedetteDigestTests", ["VedetteDigest"]),
    tests("VedetteDocumentsTests", ["VedetteDocuments", "VedetteEvent", "VedetteStatistics"]),
    tests("VedetteIngestTests", ["VedetteIngest", "VedetteEvent", "VedetteStatistics"]),
    tests(
      "VedetteNormalizeTests",
      ["VedetteNormalize", "VedetteColumns", "VedetteEvent", "VedetteStatistics"]
    ),
    tests(
      "VedetteRulesTests",
      [
        "VedetteRules", "VedetteFindings", "VedetteColumns", "VedetteEvent", "VedetteStatistics",
        "VedetteDocuments",
      ]
    ),
    tests(
      "VedetteBehaviorTests",
      [
        "VedetteBehavior", "VedetteFindings", "VedetteColumns", "VedetteEvent",
        "VedetteStatistics",
      ]
    ),
    tests(
      "VedetteCorrelateTests",
      [
        "VedetteCorrelate", "VedetteFindings", "VedetteColumns", "VedetteEvent",
        "VedetteStatistics",
      ]
    ),
    tests(
      "VedetteIncidentsTests",
      ["VedetteIncidents", "VedetteDigest", "VedetteFindings", "VedetteEvent"]
    ),
    tests(
      "VedetteStoreTests",
      ["VedetteStore", "VedetteDigest", "VedetteFindings", "VedetteEvent", "VedetteStatistics"]
    ),
    tests("VedetteNotifyTests", ["VedetteNotify", "VedetteDigest", "VedetteEvent"]),
    tests(
      "VedetteTests",
      [
        "Vedette", "VedetteBehavior", "VedetteColumns", "VedetteContent", "VedetteCorrelate",
        "VedetteEvent",
        "VedetteFindings", "VedetteIncidents", "VedetteIngest", "VedetteNormalize", "VedetteNotify",
        "VedetteRules", "VedetteStatistics", "VedetteStore",
      ]
    ),
    tests("VedetteSimulationTests", ["VedetteSimulation", "VedetteEvent"]),
    tests(
      "VedetteBenchmarksTests",
      ["VedetteBenchmarks", "VedetteEvent", "VedetteRules", "VedetteSimulation"]
    ),

    // What is asked of the readers for any bytes: under libFuzzer, and shortly in the tests.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Vedette", "VedetteEvent", "VedetteColumns", "VedetteIngest", "VedetteNormalize",
      ],
      path: "Tests/Fuzz/Targets",
      swiftSettings: strict
    ),
    tests("FuzzTests", ["FuzzTargets", "VedetteStatistics"]),

    // Tests of the whole.
    tests("RulesTests", ["Vedette", "VedetteFindings", "VedetteRules"]),
    tests("ReplayTests", ["Vedette", "VedetteEvent", "VedetteFindings", "VedetteStore"]),
    tests("VedetteCLITests", ["VedetteCLI", "VedetteStatistics"]),
    tests("TidyTests"),
  ]
)

// `make fuzz`: the readers with libFuzzer's instruments, in a folder of their own.
if Context.environment["VEDETTE_FUZZ_BUILD"] != nil {
  let instruments: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer"])]
  let readers = [
    "VedetteEvent", "VedetteColumns", "VedetteDocuments", "VedetteIngest", "VedetteNormalize",
    "Vedette", "FuzzTargets",
  ]
  for target in package.targets where readers.contains(target.name) {
    target.swiftSettings = (target.swiftSettings ?? []) + instruments
  }
  // Without the configuration, which brings the whole pipeline with it: a third of the time to build.
  if Context.environment["VEDETTE_FUZZ_BUILD"] == "readers" {
    for target in package.targets where target.name == "FuzzTargets" {
      target.dependencies.removeFirst()
      target.swiftSettings?.append(.define("FUZZ_READERS"))
    }
  }
  package.targets += [
    .target(name: "CFuzz", path: "Tests/Fuzz/CFuzz"),
    .executableTarget(
      name: "vedette-fuzz",
      dependencies: ["CFuzz", "FuzzTargets"],
      path: "Tests/Fuzz/Driver",
      swiftSettings: strict,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]
    ),
  ]
}
