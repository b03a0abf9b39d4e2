internal import Glibc

/// The descriptors that this process has open, by what they lead to (proc(5), /proc/PID/fd).
public enum OpenDescriptors {
  /// What the descriptors lead to whose target satisfies `condition`; exact, also while other tests run.
  public static func targets(where condition: (String) -> Bool) -> [String] {
    TemporaryDirectory.names("/proc/self/fd").compactMap { number in
      var target = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink("/proc/self/fd/\(number)", &target, target.count)
      guard count > 0 else { return nil }
      return String(decoding: target.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }.filter(condition)
  }

  /// What is open at `path` or below it.
  public static func under(_ path: String) -> [String] {
    targets { $0 == path || $0.hasPrefix(path + "/") }
  }
}
