import Glibc
import VedetteStatistics

/// The C loops of `floors.c`, compiled for this machine when they are needed.
@safe
struct FloorLibrary {
  typealias Forest =
    @convention(c) (
      UnsafeRawPointer, UnsafePointer<Float>, Int, Int, UnsafePointer<Float>, Int, Int,
      UnsafeMutablePointer<Float>
    ) -> Void
  typealias Slots =
    @convention(c) (
      UnsafeMutableRawPointer, UInt64, UnsafePointer<UInt64>, UnsafePointer<Float>, Int, Float,
      Float, UnsafeMutablePointer<Float>
    ) -> Void

  let forest: Forest
  let slots: Slots

  /// Compiles and loads the loops with `cc`, or the compiler that `CC` names.
  ///
  /// - Parameter folder: Where to put source and library.
  /// - Throws: ``BenchmarkError`` if there is no compiler or it fails.
  init(in folder: String) throws(BenchmarkError) {
    let (source, library) = ("\(folder)/floors.c", "\(folder)/floors.so")
    try Self.write(PackageResources.floors_c, to: source)
    let compiler = unsafe getenv("CC").map { unsafe String(cString: $0) } ?? "cc"
    let arguments = [
      compiler, "-O3", "-march=native", "-ffast-math", "-fPIC", "-shared", "-o", library, source,
    ]
    let child = try ChildProcess(arguments)
    guard child.status == 0 else {
      throw .failed("'\(arguments.joined(separator: " "))' ended with status \(child.status)")
    }
    guard let handle = unsafe dlopen(library, RTLD_NOW) else {
      throw .failed("the compiled loops can't be loaded")
    }
    guard let forest = unsafe dlsym(handle, "floor_forest"),
      let slots = unsafe dlsym(handle, "floor_slots")
    else { throw .failed("the compiled loops lack a function") }
    // Safety: the types are those of the functions in floors.c.
    unsafe self.forest = unsafe unsafeBitCast(forest, to: Forest.self)
    unsafe self.slots = unsafe unsafeBitCast(slots, to: Slots.self)
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(BenchmarkError) {
    guard let stream = unsafe fopen(path, "w") else { throw .system("write", path) }
    let written = unsafe fwrite(bytes, 1, bytes.count, stream)
    guard unsafe fclose(stream) == 0, written == bytes.count else { throw .system("write", path) }
  }
}
