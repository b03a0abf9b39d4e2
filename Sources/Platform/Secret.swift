internal import CCrypto
public import Core
internal import Glibc

/// The bytes of a token's secret or of a credential: lent, never printed, wiped when the last owner lets go.
public final class Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
  private nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer

  /// A secret of `count` bytes, zero to begin with, that `fill` writes; what `fill` throws is passed on.
  public init(count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
    bytes = .allocate(byteCount: count, alignment: 16)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    do {
      try fill(bytes)
    } catch {
      wipe(bytes)
      bytes.deallocate()
      throw error
    }
  }

  /// A copy of `source`; wiping the source stays its owner's business.
  public convenience init(copying source: UnsafeRawBufferPointer) {
    self.init(count: source.count) { $0.copyMemory(from: source) }
  }

  deinit {
    wipe(bytes)
    bytes.deallocate()
  }

  /// The number of bytes.
  public var count: Int { bytes.count }

  /// Lends the bytes to `body`, for as long as it runs.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(bytes))
  }

  /// True where both hold the same bytes; takes the same time wherever they differ.
  public func equals(_ other: Secret) -> Bool {
    guard count == other.count else { return false }
    return zip(bytes, other.bytes).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// By what the secret is recognised later: SHA-256 over a prefix of ours and the secret.
  public var fingerprint: Fingerprint {
    var digest = [UInt8](repeating: 0, count: Fingerprint.byteCount)
    let prefix = Array("tokenroll fingerprint v1\0".utf8)
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
    EVP_DigestUpdate(context, prefix, prefix.count)
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    EVP_DigestFinal_ex(context, &digest, nil)
    guard let fingerprint = Fingerprint(bytes: digest) else { preconditionFailure("SHA-256 has 32 bytes") }
    return fingerprint
  }

  /// Always `<redacted>`.
  public var description: String { "<redacted>" }

  /// Always `<redacted>`.
  public var debugDescription: String { "<redacted>" }

  /// A mirror without children: `dump` shows nothing.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Overwrites `bytes` with zeros, in a way that the compiler does not leave out (explicit_bzero(3)).
public func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
  guard let start = bytes.baseAddress else { return }
  explicit_bzero(start, bytes.count)
}
