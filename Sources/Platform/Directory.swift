internal import CLinux
internal import Core
internal import Glibc

/// A directory that was reached and checked step by step, so that nobody can put another in its place meanwhile.
///
/// The check is the one of sshd's StrictModes, carried up to the root: every directory on the way belongs to root or
/// to the process, and nobody else can write to it. Two things differ. A directory above the last may be writable where
/// it is sticky, as /tmp is, for then only an owner can rename what lies in it. Writing by the group counts as ours
/// where the group is root's or the one the process runs as, for a service user's group holds nobody else.
/// An access control list that lets others write shows in the bits of the group (acl(5)), and is refused with them.
package struct Directory: ~Copyable {
  /// The handle (`O_PATH`), for the calls that take a directory.
  private let handle: FileDescriptor
  /// Where it was asked for, for messages.
  package let path: String

  /// The handle's number.
  package var rawValue: Int32 { handle.rawValue }

  /// Opens `path`, an absolute path, checking every component.
  package init(
    _ path: String, allowSymbolicLink: Bool = false, allowWritableByOthers: Bool = false
  ) throws(SystemError) {
    self.path = path
    let walk = Walk(
      path: path, allowSymbolicLink: allowSymbolicLink, allowWritableByOthers: allowWritableByOthers)
    handle = try walk.run()
  }

  /// Opens the directory `name` that the process has made in `parent`; refuses what somebody put in its place.
  init(made name: String, in parent: borrowing Directory) throws(SystemError) {
    let (parentHandle, path) = (parent.rawValue, parent.pathOf(name))
    let opened = try attempt("cannot open directory", path) { () throws(Errno) in
      try Syscalls.openat(parentHandle, name, linux_o_path | O_DIRECTORY | O_NOFOLLOW)
    }
    let descriptor = opened.rawValue
    let status = try attempt("cannot examine directory", path) { () throws(Errno) in
      try Syscalls.fstat(descriptor)
    }
    guard status.st_uid == geteuid() else {
      throw SystemError(
        "cannot trust directory", path, because: "it belongs to user \(status.st_uid), who has put it there")
    }
    handle = opened
    self.path = path
  }

  /// A second handle of `other`.
  init(again other: borrowing Directory) throws(SystemError) {
    let (otherHandle, path) = (other.rawValue, other.path)
    self.path = path
    handle = try attempt("cannot open directory", path) { () throws(Errno) in
      try Syscalls.openat(otherHandle, ".", linux_o_path | O_DIRECTORY)
    }
  }

  /// Opens the directory for what a handle cannot do: fsync(2) and reading its names. Needs read permission on it.
  package borrowing func reopen() throws(SystemError) -> FileDescriptor {
    let (handle, path) = (rawValue, path)
    return try attempt("cannot open directory", path) { () throws(Errno) in
      try Syscalls.openat(handle, ".", O_RDONLY | O_DIRECTORY)
    }
  }

  /// Throws where the process may not make or remove names in the directory; nothing is tried.
  borrowing func proveWritable() throws(SystemError) {
    // By way of /proc, so that the directory that was checked is the one that is asked about.
    let (handle, path) = (rawValue, path)
    try attempt("cannot write to the directory", path) { () throws(Errno) in
      try Syscalls.faccessat("/proc/self/fd/\(handle)", W_OK | X_OK)
    }
  }

  /// The absolute path of `name` in the directory.
  package func pathOf(_ name: String) -> String { path == "/" ? "/" + name : "\(path)/\(name)" }

  /// The directory and the last component of an absolute path.
  package static func split(_ path: String) throws(SystemError) -> (directory: String, name: String) {
    guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
      throw SystemError("cannot use", path, because: "the path is not absolute")
    }
    let parts = PathParts(path)
    let name = String(parts.name)
    guard !name.isEmpty, name != ".", name != "..", name.utf8.count <= NAME_MAX else {
      throw SystemError(
        "cannot use", path, because: "its last component is not the name of a file of 1 to \(NAME_MAX) bytes")
    }
    return (String(parts.directory), name)
  }
}

/// The way from the root to a directory.
private struct Walk {
  let path: String
  let allowSymbolicLink: Bool
  let allowWritableByOthers: Bool

  /// As many links as the kernel follows (path_resolution(7)).
  private static let maximumLinks = 40

  func run() throws(SystemError) -> FileDescriptor {
    guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
      throw SystemError("cannot open directory", path, because: "the path is not absolute")
    }
    var pending = components(path)
    var links = 0
    var current = try open(AT_FDCWD, "/")
    try check(current, isLast: pending.isEmpty)
    while !pending.isEmpty {
      let name = pending.removeFirst()
      var link: String?
      do throws(SystemError) {
        current = try open(current.rawValue, name)
      } catch {
        // What is said of a link, too (open(2)).
        link = error.code == ENOTDIR ? try linkTarget(current, name) : nil
        if link == nil { throw error }
      }
      guard let link else {
        try check(current, isLast: pending.isEmpty)
        continue
      }
      if pending.isEmpty && !allowSymbolicLink {
        throw SystemError(
          "cannot open directory", path,
          because: "it is a symbolic link, to \(link); name the directory itself, or allow symbolic_link")
      }
      links += 1
      guard links <= Self.maximumLinks else {
        throw SystemError("cannot open directory", path, code: ELOOP)
      }
      if link.utf8.first == UInt8(ascii: "/") { current = try open(AT_FDCWD, "/") }
      pending = components(link) + pending
    }
    return current
  }

  private func components(_ path: String) -> ArraySlice<String> {
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }[...]
  }

  private func open(_ directory: Int32, _ name: String) throws(SystemError) -> FileDescriptor {
    try attempt("cannot open directory", path, context: name == path ? nil : "at its component \"\(name)\"") {
      () throws(Errno) in
      try Syscalls.openat(directory, name, linux_o_path | O_DIRECTORY | O_NOFOLLOW)
    }
  }

  /// Where `name` points to, nil where it is no link.
  private func linkTarget(_ directory: borrowing FileDescriptor, _ name: String) throws(SystemError)
    -> String?
  {
    do throws(Errno) {
      return try Syscalls.readlinkat(directory.rawValue, name)
    } catch {
      // EINVAL: not a link (readlink(2)).
      if error.code == EINVAL { return nil }
      throw SystemError("cannot open directory", path, error, context: "at its component \"\(name)\"")
    }
  }

  private func check(_ directory: borrowing FileDescriptor, isLast: Bool) throws(SystemError) {
    if allowWritableByOthers { return }
    let handle = directory.rawValue
    let status = try attempt("cannot examine directory", path) { () throws(Errno) in
      try Syscalls.fstat(handle)
    }
    guard let reason = distrust(status, isLast: isLast) else { return }
    throw SystemError(
      "cannot trust directory", path,
      because:
        "\(isLast ? "it" : "a directory above it") \(reason); take the right away, or allow writable_by_others"
    )
  }
}

/// Why a directory or a file with `status` is not trusted, nil where it is.
func distrust(_ status: stat, isLast: Bool = true) -> String? {
  let described = "belongs to \(status.st_uid):\(status.st_gid) and has mode \(octal(status.st_mode))"
  let ownerIsTrusted = status.st_uid == 0 || status.st_uid == geteuid()
  guard ownerIsTrusted else { return "\(described), so user \(status.st_uid) can write to it" }
  if !isLast && status.st_mode & S_ISVTX != 0 { return nil }
  if status.st_mode & S_IWOTH != 0 { return "\(described), so everyone can write to it" }
  let groupIsTrusted = status.st_gid == 0 || status.st_gid == getegid()
  if status.st_mode & S_IWGRP != 0 && !groupIsTrusted {
    return "\(described), so group \(status.st_gid) can write to it"
  }
  return nil
}

/// The permission bits as chmod(1) writes them, four digits.
func octal(_ mode: mode_t) -> String {
  let digits = String(mode & 0o7777, radix: 8)
  return String(repeating: "0", count: 4 - digits.count) + digits
}
