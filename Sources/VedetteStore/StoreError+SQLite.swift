import GRDB
import VedetteFindings

extension StoreError {
  /// Creates an error from whatever came out of reading or writing.
  init(_ error: any Error, path: String) {
    switch error {
    case let error as StoreError: self = error
    case let error as TriageError: self.init(.refused(error), path: path)
    case let error as DatabaseError: self.init(Problem(error), path: path)
    default: self.init(.inconsistent("\(error)"), path: path)
    }
  }
}

extension StoreError.Problem {
  fileprivate init(_ error: DatabaseError) {
    let message = error.message ?? "no message"
    self =
      switch error.resultCode {
      case .SQLITE_FULL: .full
      case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
      case .SQLITE_READONLY: .readOnly
      case .SQLITE_IOERR: .inputOutput(message)
      case .SQLITE_CORRUPT: .corrupt(message)
      case .SQLITE_NOTADB: .notOurs
      case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: .notPermitted(message)
      default: .other(code: Int(error.extendedResultCode.rawValue), message: message)
      }
  }
}
