/// A reason why a file, or the rest of it, can't be read.
///
/// An error concerns one path: whoever reads counts it, shows it, and goes on with the others.
public struct IngestError: Error, Sendable, Equatable {
  /// What was being done to the path.
  public enum Action: String, Sendable {
    /// Looking for the path, or looking at what kind of file it is.
    case find
    /// Opening the file.
    case open
    /// Listing a folder.
    case list
    /// Reading bytes.
    case read
    /// Unpacking a compressed file.
    case decompress
    /// Asking the system to report changes.
    case watch
  }

  /// What can be wrong with a path.
  public enum Problem: Error, Equatable {
    /// Nothing has this name.
    case notFound
    /// No file's name fits the pattern.
    case noMatch
    /// The system does not let us.
    case permissionDenied
    /// It is no regular file; the text says what it is.
    case wrongKind(String)
    /// It is compressed in a way that is not read; the text says which.
    case unsupportedCompression(String)
    /// The compressed data is damaged.
    case corrupt(String)
    /// The compressed data ends too early.
    case truncated
    /// A few compressed bytes unpack to very many.
    case inflationRatioExceeded
    /// There is something else behind the compressed data.
    case trailingGarbage(bytes: Int64)
    /// There are more open files than the system allows.
    case tooManyOpenFiles
    /// Another program listens at the port.
    case portInUse
    /// The port is one that only some users may listen at.
    case portDenied
    /// The address to listen at is none of this host.
    case noSuchAddress
    /// A program that tells a source is not on this host.
    case notInstalled(String)
    /// A program that tells a source ended; it is started again.
    case ended(String, said: String)
    /// Folders lie deeper than ``Limits/directoryDepthMax``.
    case tooDeep
    /// Any other error of the operating system, by its number.
    case system(code: Int32)
  }

  /// The path as given or found, made printable.
  public let path: String
  /// What was being done.
  public let action: Action
  /// What went wrong.
  public let problem: Problem

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - path: The path as given or found.
  ///   - action: What was being done.
  ///   - problem: What went wrong.
  public init(path: String, action: Action, problem: Problem) {
    self.path = path
    self.action = action
    self.problem = problem
  }

  /// Whether what could be read was read, and only the rest is lost.
  public var isPartial: Bool {
    switch problem {
    case .corrupt, .truncated, .inflationRatioExceeded, .trailingGarbage: true
    default: action == .read
    }
  }

  /// What went wrong, in words.
  public var cause: String { problem.cause }

  /// What to do about it, where that is known.
  public var remedy: String? { problem.remedy }
}

extension IngestError.Problem {
  /// What went wrong, in words.
  public var cause: String {
    switch self {
    case .notFound: "no such file or folder"
    case .noMatch: "no file fits the pattern"
    case .permissionDenied: "permission denied"
    case .wrongKind(let kind): "is a \(kind), not a file of records"
    case .unsupportedCompression(let name): "is compressed with \(name), which is not read"
    case .corrupt(let detail): "compressed data is damaged (\(detail)); what comes before is read"
    case .truncated: "compressed data ends too early; what is there is read"
    case .inflationRatioExceeded: "unpacks to far more than it holds; the rest is not read"
    case .trailingGarbage(let bytes): "\(bytes) bytes behind the compressed data are not read"
    case .tooManyOpenFiles: "too many open files"
    case .portInUse: "the port is in use"
    case .portDenied: "this user may not listen at the port"
    case .noSuchAddress: "the address is none of this host"
    case .notInstalled(let program): "'\(program)' is not on this host"
    case .ended(let program, let said): "'\(program)' ended (\(said)); it is started again"
    case .tooDeep: "folders are nested too deep"
    case .system(let code): PosixError.text(of: code)
    }
  }

  /// What to do about it, where that is known.
  public var remedy: String? {
    switch self {
    case .notFound: "check the path"
    case .noMatch: "check the pattern, and quote it so that the shell leaves it alone"
    case .permissionDenied: "run as a user who may read it, or add that user to its group"
    case .wrongKind("named pipe"): "follow it with 'vedette run', or pipe it in as '-'"
    case .wrongKind: "name a regular file, a folder, a pattern or '-'"
    case .unsupportedCompression: "unpack it, or compress it with gzip"
    case .corrupt, .truncated: "copy the file again from where it came"
    case .inflationRatioExceeded: "unpack it by hand if it can be trusted"
    case .trailingGarbage: "check how the file was written"
    case .tooManyOpenFiles: "raise the limit with 'ulimit -n'"
    case .portInUse: "end what listens there ('ss -lnp' shows it), or choose another port"
    case .portDenied: "choose a port of 1024 or above, or give vedette CAP_NET_BIND_SERVICE"
    case .noSuchAddress: "listen at 0.0.0.0, [::] or an address that 'ip address' shows"
    case .notInstalled("journalctl"):
      "install systemd, or leave 'journald' out of the sources and follow files"
    case .notInstalled: "install it"
    case .ended: nil
    case .tooDeep: "name a folder further down"
    case .system: nil
    }
  }
}

extension IngestError: CustomStringConvertible {
  /// One line: path, action, cause and remedy.
  public var description: String {
    let advice = remedy.map { "; \($0)" } ?? ""
    if case .wrongKind = problem { return "\(path) \(cause)\(advice)" }
    return "\(path): cannot \(action.rawValue): \(cause)\(advice)"
  }
}

extension IngestError {
  /// Names an error of the operating system.
  init(_ error: PosixError, path: SourcePath, action: Action) {
    self.init(path: path.description, action: action, problem: Problem(error))
  }
}

extension IngestError.Problem {
  init(_ error: PosixError) {
    switch error {
    case .notFound, .notFolder: self = .notFound
    case .accessDenied, .notPermitted: self = .permissionDenied
    case .tooManyFilesOfProcess, .tooManyFilesOfSystem: self = .tooManyOpenFiles
    default: self = .system(code: error.code)
    }
  }
}

extension IngestError.Problem {
  /// Names an error of a socket that was to listen.
  init(listening error: PosixError) {
    switch error {
    case .addressInUse: self = .portInUse
    case .accessDenied, .notPermitted: self = .portDenied
    case .addressNotAvailable: self = .noSuchAddress
    default: self.init(error)
    }
  }
}
