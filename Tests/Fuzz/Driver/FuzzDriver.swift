import CFuzz
import FuzzTargets
import Glibc

/// Runs one target under libFuzzer: `VEDETTE_FUZZ=framer .build-fuzz/release/vedette-fuzz CORPUS`.
@main
enum FuzzDriver {
  /// The target, or `nil` if the surroundings name none that there is.
  static let target: FuzzTarget? = {
    guard let name = unsafe getenv("VEDETTE_FUZZ") else { return nil }
    return unsafe FuzzTarget(rawValue: String(cString: name))
  }()

  static func main() {
    guard target != nil else {
      let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
      print("VEDETTE_FUZZ names one of \(names)")
      exit(64)
    }
    var count = CommandLine.argc
    // Safety: the arguments live as long as the process.
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
      unsafe CommandLine.unsafeArgv
    let code = unsafe LLVMFuzzerRunDriver(&count, &arguments) { start, count in
      FuzzDriver.target?.run(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
      return 0
    }
    exit(code)
  }
}
