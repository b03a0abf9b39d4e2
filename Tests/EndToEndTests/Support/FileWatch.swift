import Dispatch
import Glibc
import TestSupport

/// Waits for what files of a directory come to hold.
final class FileWatch: Sendable {
  private let directory: String
  private let descriptor: Int32

  init(_ directory: String) throws {
    self.directory = directory
    descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    guard descriptor >= 0, inotify_add_watch(descriptor, directory, UInt32(IN_MOVED_TO | IN_CREATE)) >= 0
    else {
      throw TestFailure("inotify \(directory): \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  /// The text of the file `name` once it has `part` in it; fails where that does not happen in time.
  @discardableResult
  func text(of name: String, having part: String, within seconds: UInt64 = 60) throws -> String {
    var text: String?
    try wait(seconds) {
      text = (try? contents(of: "\(directory)/\(name)")).map { String(decoding: $0, as: UTF8.self) }
      guard let text, text.contains(part) else {
        return "\(name) did not come to have \(part):\n\(text ?? "no file")"
      }
      return nil
    }
    return text ?? ""
  }

  /// Returns once the directory has `count` files whose names have `part` in them; fails where that does not happen in time.
  func files(having part: String, count: Int, within seconds: UInt64 = 60) throws {
    try wait(seconds) {
      let names = TemporaryDirectory.names(directory).filter { $0.contains(part) }
      return names.count == count ? nil : "\(directory) did not come to have \(count) with \(part): \(names)"
    }
  }

  /// Waits until `body`, asked at each change, says no more what is missing.
  private func wait(_ seconds: UInt64, _ body: () -> String?) throws {
    let deadline = DispatchTime.now().uptimeNanoseconds + seconds * 1_000_000_000
    var events = [UInt8](repeating: 0, count: 4_096)
    while let missing = body() {
      let now = DispatchTime.now().uptimeNanoseconds
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard now < deadline, poll(&request, 1, Int32((deadline - now) / 1_000_000) + 1) > 0 else {
        throw TestFailure("within \(seconds) s \(missing)")
      }
      _ = read(descriptor, &events, events.count)
    }
  }
}
