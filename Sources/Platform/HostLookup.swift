internal import Glibc

/// The addresses of hosts, as the system's resolver finds them.
public enum HostLookup {
  /// How many addresses the name `host` has; waits for the resolver, some seconds at most as a rule.
  ///
  /// Throws in the resolver's words where it has none (getaddrinfo(3)).
  public static func addresses(of host: String) throws(SystemError) -> Int {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    guard code == 0 else {
      throw SystemError(
        "cannot find the addresses of", host, code: code == EAI_SYSTEM ? errno : 0,
        context: String(cString: gai_strerror(code)))
    }
    defer { freeaddrinfo(list) }
    return Int(
      sequence(first: list) { $0?.pointee.ai_next }.prefix { $0 != nil }.reduce(0) { count, _ in count + 1 })
  }
}
