import Glibc
import Platform
import TestSupport

/// Publishes `texts` as the files `a`, `b` and so on of a directory.
@discardableResult
func publishDirectory(
  _ specification: FileSpecification, _ texts: [String], narrowIfRefused: Bool = false
) throws -> Publication {
  let names = ["a", "b", "c"].prefix(texts.count)
  let directory = try AtomicDirectory(
    preparing: specification, files: zip(names, texts).map { (name: $0, capacity: $1.utf8.count) },
    narrowIfRefused: narrowIfRefused)
  return try directory.commit(texts.map(secret))
}

/// What lies in a directory with links: each name with what it has, a file its text, a directory its files.
func layout(_ path: String) -> [String: [String: String]] {
  var layout: [String: [String: String]] = [:]
  for name in TemporaryDirectory.names(path) {
    let files = TemporaryDirectory.names("\(path)/\(name)")
    layout[name] = Dictionary(
      uniqueKeysWithValues: files.map { ($0, TemporaryDirectory.contents("\(path)/\(name)/\($0)") ?? "?") })
  }
  return layout
}

/// Where the link `path` leads; nil where there is none.
func linkTarget(_ path: String) -> String? {
  var buffer = [CChar](repeating: 0, count: 4_096)
  let count = readlink(path, &buffer, buffer.count)
  return count < 0 ? nil : String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
}
