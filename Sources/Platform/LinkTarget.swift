internal import Glibc

/// Where a directory is to be published: the checked directory in which its link lies, the link's name, and where that leads.
struct LinkTarget: ~Copyable {
  let directory: Directory
  let name: String
  /// The directory that the link leads to, by its name beside the link; nil where there is no link yet.
  let version: String?

  /// The link's absolute path.
  var path: String { directory.pathOf(name) }

  /// Finds the place, and refuses what stands there where it is no link that was made here.
  init(_ specification: FileSpecification) throws(SystemError) {
    let (parent, name) = try Directory.split(specification.path)
    let directory = try Directory(
      parent, allowSymbolicLink: specification.allowSymbolicLink,
      allowWritableByOthers: specification.allowWritableByOthers)
    version = try Self.version(directory.rawValue, name, directory.pathOf(name))
    self.directory = directory
    self.name = name
  }

  private static func version(_ directory: Int32, _ name: String, _ path: String) throws(SystemError)
    -> String?
  {
    let target: String
    do throws(Errno) {
      target = try Syscalls.readlinkat(directory, name)
    } catch {
      if error.code == ENOENT { return nil }
      guard error.code == EINVAL else { throw SystemError("cannot read link", path, error) }
      throw SystemError(
        "cannot replace", path,
        because:
          "it is not a symbolic link, and the link to a published directory is to be there; move it elsewhere"
      )
    }
    guard AtomicFile.isTemporary(target, [AtomicFile.temporaryPrefix(name)]) else {
      throw SystemError(
        "cannot replace", path,
        because: "it is a symbolic link, to \(target), that was not made by a publication; remove it")
    }
    let (link, parent) = try attempt("cannot examine", path) { () throws(Errno) in
      (try Syscalls.fstatat(directory, name), try Syscalls.fstat(directory))
    }
    try refuseStuck(link, in: parent, path)
    return target
  }
}
