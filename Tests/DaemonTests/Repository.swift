import Platform

/// Files of this repository.
enum Repository {
  /// The text of the file at `path`, which counts from the top.
  static func text(_ path: String) throws -> String {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let bytes = try AtomicFile.readFile("\(root)/\(path)", limit: 1 << 20)
    return bytes.withBytes { String(decoding: $0, as: UTF8.self) }
  }
}
