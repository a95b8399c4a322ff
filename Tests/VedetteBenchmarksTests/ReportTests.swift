import Testing

@testable import VedetteBenchmarks

@Suite("Benchmark report")
struct ReportTests {
  private func measurement(
    _ stage: String,
    _ input: InputKind = .cloudtrail,
    bytes: Int,
    events: Int,
    seconds: [Double]
  ) -> Measurement {
    Measurement(
      input: input,
      stage: stage,
      passes: seconds.map {
        Pass(
          work: Work(bytes: bytes, events: events),
          processorSeconds: $0,
          wallSeconds: $0 * 2,
          peakBytes: stage == "wc -l" ? nil : 12_400_000
        )
      }
    )
  }

  @Test("the table is aligned and shows medians and ratios")
  func table() {
    let measurements = [
      measurement("wc -l", bytes: 64_000_000, events: 600_000, seconds: [0.02, 0.01, 0.04]),
      measurement("plain JSON parse", bytes: 16_000_000, events: 1_500, seconds: [0.5]),
      measurement("read + split", bytes: 64_000_000, events: 600_000, seconds: [0.03, 0.05]),
    ]
    #expect(
      ResultTable(measurements).lines == [
        "stage               MB/s    events/s  ns/event  CPU s      (min–max)  wall s  peak MB  x wc -l   x JSON",
        "wc -l             3200.0  30,000,000        33  0.020  (0.010–0.040)   0.040        –    1.000  100.000",
        "plain JSON parse    32.0       3,000    333333  0.500  (0.500–0.500)   1.000       12    0.010    1.000",
        "read + split      1600.0  15,000,000        67  0.040  (0.030–0.050)   0.080       12    0.500   50.000",
      ]
    )
  }

  @Test("numbers are rounded and grouped")
  func numbers() {
    #expect(ResultTable.fixed(0.0449, digits: 2) == "0.04")
    #expect(ResultTable.fixed(9.996, digits: 2) == "10.00")
    #expect(ResultTable.fixed(.infinity, digits: 2) == "–")
    #expect(ResultTable.grouped(0) == "0")
    #expect(ResultTable.grouped(999.4) == "999")
    #expect(ResultTable.grouped(1_234_567) == "1,234,567")
    #expect(Measurement.median([]) == 0)
    #expect(Measurement.median([3, 1, 2]) == 2)
  }

  @Test("a ratio below its threshold is a miss, one that was not measured is not")
  func thresholds() throws {
    let json = """
      {"ratios": [
        {"input": "nginx", "stage": "read + split", "base": "wc -l", "ratioMin": 0.6},
        {"input": "nginx", "stage": "read + split", "base": "wc -l", "ratioMin": 0.5},
        {"input": "sshd", "stage": "read + split", "base": "wc -l", "ratioMin": 0.9}
      ]}
      """
    let measurements = [
      measurement("wc -l", .nginx, bytes: 64_000, events: 9, seconds: [1]),
      measurement("read + split", .nginx, bytes: 64_000, events: 9, seconds: [2]),
    ]
    #expect(
      try Thresholds.decode(Array(json.utf8)).misses(in: measurements) == [
        "nginx: 'read + split' has 0.5000 of the rate of 'wc -l', less than 0.6000"
      ]
    )
    #expect(throws: BenchmarkError.self) { try Thresholds.decode(Array("{}".utf8)) }
  }

  @Test("the thresholds name stages and logs that there are")
  func shippedThresholds() throws {
    let names = try BenchmarkRun(BenchmarkOptions([])).stages().map(\.name)
    let ratios = try Thresholds.shipped().ratios
    #expect(!ratios.isEmpty)
    for ratio in ratios {
      #expect(names.contains(ratio.stage) && names.contains(ratio.base))
      #expect(InputKind(rawValue: ratio.input) != nil)
    }
  }

  @Test("options are read, and what is none is refused with a reason")
  func options() throws {
    let options = try BenchmarkOptions([
      "--megabytes", "8", "--passes", "3", "--input", "sshd", "--stage", "split", "--check",
    ])
    #expect(options.megabytes == 8 && options.passes == 3 && options.checks)
    #expect(options.inputs == [.sshd])
    #expect(options.selects(stage: "read + split") && !options.selects(stage: "wc -l"))
    #expect(try BenchmarkOptions([]).inputs == InputKind.allCases)
    let refused = [
      ["--megabytes"], ["--megabytes", "0"], ["--passes", "x"], ["--input", "syslog"], ["-x"],
    ]
    for arguments in refused {
      #expect(throws: BenchmarkError.self) { try BenchmarkOptions(arguments) }
    }
  }
}
