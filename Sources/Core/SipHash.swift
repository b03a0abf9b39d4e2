/// SipHash-2-4: a keyed hash of 64 bits (Aumasson and Bernstein, 2012), as systemd uses it for FixedRandomDelay=.
struct SipHash {
  private var v0: UInt64
  private var v1: UInt64
  private var v2: UInt64
  private var v3: UInt64

  private init(key: (UInt64, UInt64)) {
    v0 = key.0 ^ 0x736F_6D65_7073_6575
    v1 = key.1 ^ 0x646F_7261_6E64_6F6D
    v2 = key.0 ^ 0x6C79_6765_6E65_7261
    v3 = key.1 ^ 0x7465_6462_7974_6573
  }

  /// The hash of `bytes` under `key`, two words in little-endian order.
  static func hash(_ bytes: Span<UInt8>, key: (UInt64, UInt64)) -> UInt64 {
    var state = SipHash(key: key)
    var word: UInt64 = 0
    var count: UInt64 = 0
    for index in bytes.indices {
      word |= UInt64(bytes[index]) << (count % 8 * 8)
      count &+= 1
      if count % 8 == 0 {
        state.compress(word)
        word = 0
      }
    }
    state.compress(word | count << 56)
    state.v2 ^= 0xFF
    for _ in 0..<4 { state.round() }
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3
  }

  private mutating func compress(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }

  private mutating func round() {
    v0 &+= v1
    v2 &+= v3
    v1 = v1.rotatedLeft(13) ^ v0
    v3 = v3.rotatedLeft(16) ^ v2
    v0 = v0.rotatedLeft(32)
    v2 &+= v1
    v0 &+= v3
    v1 = v1.rotatedLeft(17) ^ v2
    v3 = v3.rotatedLeft(21) ^ v0
    v2 = v2.rotatedLeft(32)
  }
}

extension UInt64 {
  fileprivate func rotatedLeft(_ count: UInt64) -> UInt64 { self &<< count | self &>> (64 - count) }
}
