import Glibc

/// The socket that clients connect to.
struct Listener: Sendable {
  /// An address and a port as the command line has them.
  struct Address: Sendable, Equatable {
    let host: IPAddress
    let port: UInt16

    /// Reads `127.0.0.1:8787` or `[::1]:8787`.
    init?(_ text: String) {
      guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
        return nil
      }
      var name = text[..<colon]
      let isBracketed = name.hasPrefix("[") && name.hasSuffix("]")
      if isBracketed { name = name.dropFirst().dropLast() }
      guard let host = IPAddress(name), host.isIPv6 == isBracketed else { return nil }
      self.init(host: host, port: port)
    }

    init(host: IPAddress, port: UInt16) {
      self.host = host
      self.port = port
    }
  }

  let descriptor: Int32
  /// Where it listens, with the port that the system chose.
  let address: Address

  init(_ wanted: Address) throws(SandboxError) {
    let family = wanted.host.isIPv6 ? AF_INET6 : AF_INET
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(family, type, 0)
    var one: Int32 = 1
    guard descriptor >= 0,
      setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size)) == 0,
      Self.bind(descriptor, wanted) == 0, listen(descriptor, 1024) == 0
    else {
      throw SandboxError(
        .system, "cannot listen on \(wanted.host) port \(wanted.port): \(Output.reason())")
    }
    self.descriptor = descriptor
    address = Address(host: wanted.host, port: Self.port(of: descriptor))
  }

  private static func bind(_ descriptor: Int32, _ address: Address) -> Int32 {
    if address.host.isIPv6 {
      var name = sockaddr_in6()
      name.sin6_family = sa_family_t(AF_INET6)
      name.sin6_port = address.port.bigEndian
      withUnsafeMutableBytes(of: &name.sin6_addr) { $0.copyBytes(from: address.host.bytes) }
      return bind(descriptor, &name)
    }
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = address.port.bigEndian
    withUnsafeMutableBytes(of: &name.sin_addr) { $0.copyBytes(from: address.host.bytes) }
    return bind(descriptor, &name)
  }

  private static func bind<Name>(_ descriptor: Int32, _ name: inout Name) -> Int32 {
    withUnsafeBytes(of: &name) { bytes in
      bytes.baseAddress.map {
        Glibc.bind(descriptor, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
      } ?? -1
    }
  }

  private static func port(of descriptor: Int32) -> UInt16 {
    var name = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    return withUnsafeMutableBytes(of: &name) { bytes in
      guard let base = bytes.baseAddress,
        getsockname(descriptor, base.assumingMemoryBound(to: sockaddr.self), &length) == 0
      else { return 0 }
      // The port has the same place in sockaddr_in and sockaddr_in6.
      return UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    }
  }

  /// The beginning of the URLs it serves.
  func url(isTLS: Bool) -> String {
    let host = address.host.isIPv6 ? "[\(address.host)]" : "\(address.host)"
    return "\(isTLS ? "https" : "http")://\(host):\(address.port)\(Route.base)"
  }
}
