import Glibc

/// Reads a whole regular file, or returns `nil` if it is not there or longer than a limit.
///
/// - Parameters:
///   - path: The file's path.
///   - bytesMax: The most bytes.
/// - Returns: Its bytes.
func readSmallFile(_ path: String, bytesMax: Int) -> [UInt8]? {
  let descriptor = unsafe path.withCString { name in unsafe open(name, O_RDONLY | O_CLOEXEC) }
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var status = stat()
  guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
    status.st_size <= bytesMax
  else { return nil }
  let size = Int(status.st_size)
  // Safety: the buffer has `size` bytes, never more are read, and only those read are counted.
  return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    while count < size, let start = buffer.baseAddress {
      let got = unsafe read(descriptor, start + count, size - count)
      guard got > 0 else { break }
      count += got
    }
  }
}
