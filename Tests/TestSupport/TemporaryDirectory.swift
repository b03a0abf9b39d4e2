internal import Glibc

/// A directory of a test's own, mode 0700, removed with everything in it when the value goes.
public final class TemporaryDirectory: Sendable {
  /// Its absolute path, without symbolic links.
  public let path: String

  /// A new directory in `parent`; `/dev/shm` is fast, `/tmp` mostly a disk.
  public init(in parent: String = "/tmp") throws {
    var template = Array("\(parent)/tokenroll-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SetupFailure("mkdtemp", errno) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { Self.remove(path) }

  /// The path of `name` in it.
  public func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Makes the directory `name` in it, with exactly `mode`.
  public func makeDirectory(_ name: String, mode: UInt32 = 0o700) throws -> String {
    let path = path(name)
    guard mkdir(path, mode) == 0, chmod(path, mode) == 0 else { throw SetupFailure("mkdir", errno) }
    return path
  }

  /// Writes `contents` to `name` in it, with exactly `mode`.
  @discardableResult
  public func write(_ name: String, _ contents: String, mode: UInt32 = 0o600) throws -> String {
    let path = path(name)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw SetupFailure("open", errno) }
    defer { close(descriptor) }
    let bytes = Array(contents.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fchmod(descriptor, mode) == 0 else {
      throw SetupFailure("write", errno)
    }
    return path
  }

  /// The contents of the file `path`, nil where there is none.
  public static func contents(_ path: String) -> String? {
    (try? TestSupport.contents(of: path)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The names in the directory `path`, sorted.
  public static func names(_ path: String) -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { name in
        String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private static func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in names(path) { remove("\(path)/\(name)") }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

/// What a test could not set up.
public struct SetupFailure: Error {
  /// The call that failed.
  public let call: String
  /// Its errno.
  public let code: Int32

  /// A failure of `call`.
  public init(_ call: String, _ code: Int32) {
    self.call = call
    self.code = code
  }
}
