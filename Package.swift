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

let package = Package(
  name: "vedette",
  products: [],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: [
    // Vocabulary: what happened, many at once, what we think of it.
    .target(name: "VedetteEvent", swiftSettings: strict),
    .target(name: "VedetteStatistics", dependencies: ["VedetteEvent"], swiftSettings: strict),
    .target(name: "VedetteColumns", dependencies: ["VedetteEvent"], swiftSettings: strict),
    .target(
      name: "VedetteFindings",
      dependencies: ["VedetteEvent", "VedetteColumns"],
      swiftSettings: strict
    ),

    // Beside: what several stages are handed and none implements.
    .target(
      name: "VedetteDigest",
      dependencies: [.product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict
    ),

    // Stages: bytes to records to events.
    .target(
      name: "VedetteNormalize",
      dependencies: ["VedetteEvent", "VedetteColumns"],
      swiftSettings: strict
    ),
    .target(
      name: "VedetteIncidents",
      dependencies: ["VedetteEvent", "VedetteFindings"],
      swiftSettings: strict
    ),
    .target(
      name: "VedetteStore",
      dependencies: [
        "VedetteEvent", "VedetteFindings", "VedetteDigest",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict
    ),

    // Tests.
    .testTarget(
      name: "VedetteEventTests",
      dependencies: ["VedetteEvent"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "VedetteStatisticsTests",
      dependencies: ["VedetteStatistics", "VedetteEvent"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "VedetteColumnsTests",
      dependencies: ["VedetteColumns", "VedetteEvent", "VedetteStatistics"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "VedetteFindingsTests",
      dependencies: ["VedetteFindings", "VedetteColumns", "VedetteEvent"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "VedetteDigestTests",
      dependencies: ["VedetteDigest"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "VedetteIncidentsTests",
      dependencies: ["VedetteIncidents", "VedetteDigest", "VedetteFindings", "VedetteEvent"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "VedetteStoreTests",
      dependencies: [
        "VedetteStore", "VedetteDigest", "VedetteFindings", "VedetteEvent", "VedetteStatistics",
      ],
      swiftSettings: strict
    ),
  ]
)
