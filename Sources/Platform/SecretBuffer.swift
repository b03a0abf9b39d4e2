/// Room of a fixed size in which the bytes of a secret are gathered as they arrive; wiped when it is let go.
@RotationActor public final class SecretBuffer {
  private nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer
  private var count = 0

  /// Room for `capacity` bytes.
  public init(capacity: Int) { bytes = .allocate(byteCount: capacity, alignment: 16) }

  deinit {
    wipe(bytes)
    bytes.deallocate()
  }

  /// What is still free.
  public var room: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: bytes[count...]) }

  /// What has arrived.
  public var content: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[..<count]) }

  /// Notes that `count` bytes were written to the room.
  public func advance(by count: Int) { self.count += count }

  /// Adds a copy of `source`, as far as there is room.
  public func append(_ source: UnsafeRawBufferPointer) {
    let part = UnsafeRawBufferPointer(rebasing: source.prefix(room.count))
    room.copyMemory(from: part)
    advance(by: part.count)
  }
}
