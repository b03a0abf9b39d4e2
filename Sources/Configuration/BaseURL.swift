/// The rules for `base_url`.
public enum BaseURL {
  /// The longest URL, in bytes.
  static let mostBytes = 2_000

  /// Why `url` is refused, as a clause; nil where it is good.
  public static func refusal(of url: String) -> String? {
    guard url.utf8.count <= mostBytes else { return "the URL is longer than \(mostBytes) bytes" }
    let isPlain = url.hasPrefix("http://")
    guard isPlain || url.hasPrefix("https://") else { return "the URL does not begin with \"https://\"" }
    guard url.utf8.allSatisfy({ 0x21..<0x7F ~= $0 && !Self.excluded.contains($0) }) else {
      return "the URL has a character that a URL cannot have; write it as %XX"
    }
    if url.contains("?") { return "the URL has a query" }
    if url.contains("#") { return "the URL has a fragment" }
    let rest = url.dropFirst(isPlain ? 7 : 8)
    let authority = rest.prefix { $0 != "/" }
    if authority.contains("@") {
      return "the URL names a user; the credential is configured under \"credentials\""
    }
    guard let host = host(of: authority) else {
      return "\(quotation(String(authority))) is not a host, or a host and a port"
    }
    if isPlain, !isLoopback(host) {
      return "\"http://\" would send the credential in the clear; it is accepted for loopback addresses only"
    }
    if url.hasSuffix("/") { return "the URL ends with a slash; write it without" }
    let components = rest.dropFirst(authority.count + 1).split(
      separator: "/", omittingEmptySubsequences: false)
    if authority.count < rest.count, components.contains(where: { ["", ".", ".."].contains($0) }) {
      return "the URL's path has an empty, \".\" or \"..\" component"
    }
    return nil
  }

  private static let excluded = Array("\"<>\\^`{|}".utf8)

  /// The host of `HOST` or `HOST:PORT`; nil where it has neither form.
  private static func host(of authority: Substring) -> Substring? {
    let host: Substring
    if authority.hasPrefix("[") {
      guard let bracket = authority.firstIndex(of: "]") else { return nil }
      host = authority[...bracket]
      let address = host.dropFirst().dropLast()
      guard address.contains(":"), address.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
        return nil
      }
    } else {
      host = authority.prefix { $0 != ":" }
      let labels = host.split(separator: ".", omittingEmptySubsequences: false)
      let isName = labels.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(\.isWordCharacter) }
      guard isName, host.utf8.count <= 253 else { return nil }
    }
    let port = authority[host.endIndex...]
    guard !port.isEmpty else { return host }
    guard port.dropFirst().utf8.allSatisfy(\.isDigit), let number = UInt16(port.dropFirst()), number > 0
    else {
      return nil
    }
    return host
  }

  private static func isLoopback(_ host: Substring) -> Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let octets = host.split(separator: ".", omittingEmptySubsequences: false)
    let isAddress = octets.allSatisfy { octet in
      UInt8(octet).map { String($0) == octet } ?? false
    }
    return octets.count == 4 && isAddress && octets.first == "127"
  }
}
