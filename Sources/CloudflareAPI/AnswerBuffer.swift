internal import Platform

/// The body of an answer: it may hold a secret, so every copy that it makes is wiped.
///
/// Written by its exchange alone, and read once that is over.
final class AnswerBuffer: @unchecked Sendable {
  /// The longest body that is read, in bytes; the longest list of tokens stays far below.
  static let limit = 1 << 20

  private var storage: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init() {
    storage = .allocate(byteCount: 1_024, alignment: 16)
  }

  deinit {
    wipe(storage)
    storage.deallocate()
  }

  /// What has been read so far.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[..<count]) }

  /// Appends `bytes`; false where the body would become longer than the limit.
  func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard count + bytes.count <= Self.limit else { return false }
    if count + bytes.count > storage.count { grow(to: count + bytes.count) }
    UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(from: bytes)
    count += bytes.count
    return true
  }

  private func grow(to needed: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(needed, storage.count * 2), alignment: 16)
    larger.copyMemory(from: bytes)
    wipe(storage)
    storage.deallocate()
    storage = larger
  }
}
