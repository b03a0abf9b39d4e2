import Glibc
import JSON
import Testing

/// The files of the repository that belong to the configuration.
enum Repository {
  /// The bytes of the file at `path` from the root of the repository.
  static func read(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(self.path(path), "r"), "cannot open \(path)")
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// The absolute path of the file at `path` from the root of the repository.
  static func path(_ path: String) -> String {
    let components = #filePath.split(separator: "/").dropLast(3)
    return "/" + components.joined(separator: "/") + "/" + path
  }

  static func schema() throws -> JSONNode {
    try JSONDocument(parsing: read("deploy/config.schema.json")).root
  }
}
