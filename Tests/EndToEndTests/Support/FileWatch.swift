import Dispatch
import Glibc

/// Waits for what files of a directory come to hold.
final class FileWatch: Sendable {
  private let directory: String
  private let descriptor: Int32

  init(_ directory: String) throws {
    self.directory = directory
    descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    guard descriptor >= 0, inotify_add_watch(descriptor, directory, UInt32(IN_MOVED_TO)) >= 0 else {
      throw TestFailure("inotify \(directory): \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  /// The text of the file `name` once it has `part` in it; fails where that does not happen in time.
  @discardableResult
  func text(of name: String, having part: String, within seconds: UInt64 = 60) throws -> String {
    let deadline = DispatchTime.now().uptimeNanoseconds + seconds * 1_000_000_000
    var events = [UInt8](repeating: 0, count: 4_096)
    while true {
      let text = (try? contents(of: "\(directory)/\(name)")).map { String(decoding: $0, as: UTF8.self) }
      if let text, text.contains(part) { return text }
      let now = DispatchTime.now().uptimeNanoseconds
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard now < deadline, poll(&request, 1, Int32((deadline - now) / 1_000_000) + 1) > 0 else {
        throw TestFailure("\(name) did not come to have \(part) within \(seconds) s:\n\(text ?? "no file")")
      }
      _ = read(descriptor, &events, events.count)
    }
  }
}
