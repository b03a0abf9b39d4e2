internal import Glibc

/// The whole content of a file.
public func contents(of path: String) throws -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw SetupFailure("open \(path)", errno) }
  defer { close(descriptor) }
  var content: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    guard count >= 0 else { throw SetupFailure("read \(path)", errno) }
    if count == 0 { return content }
    content += chunk.prefix(count)
  }
}
