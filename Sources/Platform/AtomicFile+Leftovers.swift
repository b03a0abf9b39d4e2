internal import Glibc

/// Temporaries that a crash left behind.
extension AtomicFile {
  /// How the names of the temporaries for `name` begin; 16 hexadecimal digits follow.
  static func temporaryPrefix(_ name: String) -> String {
    let tail = ".tokenroll-"
    // Long names are cut at a character's end so that the whole, with the digits, is a name of at most 255 bytes.
    var stem = "." + name
    while stem.utf8.count + tail.utf8.count + 16 > Int(NAME_MAX) { stem.removeLast() }
    return stem + tail
  }

  /// Whether `name` is one of the prefixes with 16 hexadecimal digits.
  static func isTemporary(_ name: String, _ prefixes: Set<String>) -> Bool {
    hasDigits(name) && prefixes.contains(String(name.dropLast(16)))
  }

  /// Whether `name` ends as those of temporaries do.
  private static func hasDigits(_ name: String) -> Bool {
    name.utf8.count > 16
      && name.utf8.suffix(16).allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  /// Removes the temporaries that a crash left beside the target, and returns how many there were.
  ///
  /// Those of other files in the same directory, `others`, go with them, in one reading of the directory. To be called at
  /// start, under the lock of the instance: it cannot tell a leftover from a file in use.
  @discardableResult
  public static func removeLeftovers(
    _ specification: FileSpecification, others: [String] = []
  ) throws(SystemError) -> Int {
    let target = try PublicationTarget(specification)
    // As a rule there is none, and the others may be many.
    let candidates = try fileNames(in: target.directory).filter(hasDigits)
    guard !candidates.isEmpty else { return 0 }
    let prefixes = Set((others + [target.name]).map(temporaryPrefix))
    let leftovers = candidates.filter { isTemporary($0, prefixes) }
    let handle = target.directory.rawValue
    for name in leftovers {
      try attempt("cannot remove", target.directory.pathOf(name)) { () throws(Errno) in
        try Syscalls.unlinkat(handle, name)
      }
    }
    return leftovers.count
  }
}
