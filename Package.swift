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
  dependencies: [],
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

    // Stages: bytes to records to events.
    .target(
      name: "VedetteNormalize",
      dependencies: ["VedetteEvent", "VedetteColumns"],
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
      name: "VedetteNormalizeTests",
      dependencies: [
        "VedetteNormalize", "VedetteColumns", "VedetteEvent", "VedetteStatistics",
      ],
      swiftSettings: strict
    ),
  ]
)
