import Glibc

/// What stat(2) says of a file.
struct FileStatus: Equatable {
  let mode: UInt32
  let owner: UInt32
  let group: UInt32

  init(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      throw TestFailure("stat \(path): \(String(cString: strerror(errno)))")
    }
    (mode, owner, group) = (status.st_mode & 0o7777, status.st_uid, status.st_gid)
  }
}
