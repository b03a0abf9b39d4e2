internal import Glibc

/// Makes the directory `path` with `mode` where it is missing; its parent exists. An existing one keeps its rights.
public func makeDirectory(_ path: String, mode: UInt16) throws(SystemError) {
  guard mkdir(path, mode_t(mode)) != 0 else { return }
  let code = errno
  var status = stat()
  if code == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
  throw SystemError("cannot create the directory", path, code: code)
}

/// The names in the directory `path`, without `.` and `..`, in no order.
public func fileNames(in path: String) throws(SystemError) -> [String] {
  try fileNames(opendir(path), path)
}

/// The names in `directory`, without `.` and `..`, in no order.
func fileNames(in directory: borrowing Directory) throws(SystemError) -> [String] {
  let descriptor = try directory.reopen().release()
  let stream = fdopendir(descriptor)
  if stream == nil {
    let code = errno
    close(descriptor)
    errno = code
  }
  return try fileNames(stream, directory.path)
}

/// Reads `stream` to its end and closes it; nil is one that could not be opened, for the reason in errno.
private func fileNames(_ stream: OpaquePointer?, _ path: String) throws(SystemError) -> [String] {
  guard let stream else { throw SystemError("cannot read the directory", path, code: errno) }
  defer { closedir(stream) }
  var names: [String] = []
  errno = 0
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
    errno = 0
  }
  guard errno == 0 else { throw SystemError("cannot read the directory", path, code: errno) }
  return names
}

/// The path without symbolic links that `path` leads to; nil where that cannot be found out.
public func resolvedPath(_ path: String) -> String? {
  guard let target = realpath(path, nil) else { return nil }
  defer { free(target) }
  return String(cString: target)
}
