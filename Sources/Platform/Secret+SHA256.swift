internal import CCrypto

extension Secret {
  /// SHA-256 of the bytes as 64 lower-case hexadecimal digits: for R2, the secret access key that belongs to a token.
  public var sha256Hexadecimal: Secret {
    var digest = [UInt8](repeating: 0, count: 32)
    withBytes { _ = EVP_Digest($0.baseAddress, $0.count, &digest, nil, EVP_sha256(), nil) }
    defer { digest.withUnsafeMutableBytes { wipe($0) } }
    let digits = Array("0123456789abcdef".utf8)
    return Secret(count: 64) { target in
      for (index, byte) in digest.enumerated() {
        target[2 * index] = digits[Int(byte >> 4)]
        target[2 * index + 1] = digits[Int(byte & 15)]
      }
    }
  }
}
