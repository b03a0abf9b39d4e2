import Glibc

/// An IPv4 or IPv6 address, as 4 or 16 bytes.
struct IPAddress: Sendable, Hashable, CustomStringConvertible {
  let bytes: [UInt8]

  init?(_ text: some StringProtocol) {
    let text = String(text)
    var four = in_addr()
    var sixteen = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      bytes = withUnsafeBytes(of: four) { Array($0) }
    } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
      bytes = withUnsafeBytes(of: sixteen) { Array($0) }
    } else {
      return nil
    }
  }

  init?(_ address: UnsafePointer<sockaddr>) {
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      bytes = withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { Array($0) }
    case AF_INET6:
      let sixteen = withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
      // ::ffff:a.b.c.d is IPv4 on a socket for both (RFC 4291, section 2.5.5.2).
      let isMapped = sixteen.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
      bytes = isMapped ? Array(sixteen[12...]) : sixteen
    default:
      return nil
    }
  }

  var isIPv6: Bool { bytes.count == 16 }

  /// True for 127.0.0.0/8 and ::1.
  var isLoopback: Bool {
    isIPv6 ? bytes.last == 1 && bytes.dropLast().allSatisfy { $0 == 0 } : bytes.first == 127
  }

  var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    _ = bytes.withUnsafeBytes {
      inet_ntop(isIPv6 ? AF_INET6 : AF_INET, $0.baseAddress, &text, socklen_t(text.count))
    }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// True where the first `length` bits are those of `other`.
  func shares(_ length: Int, bitsWith other: IPAddress) -> Bool {
    guard bytes.count == other.bytes.count else { return false }
    return (0..<bytes.count).allSatisfy { index in
      let kept = min(8, max(0, length - index * 8))
      return (bytes[index] ^ other.bytes[index]) >> (8 - kept) == 0
    }
  }
}
