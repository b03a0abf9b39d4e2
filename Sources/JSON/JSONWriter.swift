/// Writes a JSON text (RFC 8259) in UTF-8; what it wrote is wiped when it grows and at the end, for it may hold a secret.
///
/// It trusts its caller with the order of the calls: a key before each member's value, an end for each beginning.
public struct JSONWriter: ~Copyable {
  /// How the text is laid out.
  public enum Layout: Sendable {
    /// On one line without spaces.
    case compact
    /// A line for each member and element, indented by two spaces a level.
    case pretty
  }

  private let layout: Layout
  private var buffer: UnsafeMutableRawBufferPointer
  private var count = 0
  /// For each open container, whether it has a value already.
  private var filled: [Bool] = []
  private var isAfterKey = false

  /// A writer that has written nothing.
  public init(_ layout: Layout = .compact) {
    self.layout = layout
    buffer = .allocate(byteCount: 256, alignment: 1)
  }

  deinit {
    buffer.wipe()
    buffer.deallocate()
  }

  /// Lends what has been written.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }

  /// A copy of what has been written; for a text with a secret use ``withBytes(_:)``.
  public var bytes: [UInt8] { Array(buffer[..<count]) }
}

// MARK: - Structure

extension JSONWriter {
  /// Begins an object.
  public mutating func beginObject() { begin("{") }

  /// Ends the object that was begun last.
  public mutating func endObject() { end("}") }

  /// Begins an array.
  public mutating func beginArray() { begin("[") }

  /// Ends the array that was begun last.
  public mutating func endArray() { end("]") }

  /// Writes the key of the member whose value comes next.
  public mutating func key(_ name: String) {
    separate()
    quote(name)
    put(":")
    if layout == .pretty { put(" ") }
    isAfterKey = true
  }

  private mutating func begin(_ bracket: StaticString) {
    separate()
    put(bracket)
    filled.append(false)
  }

  private mutating func end(_ bracket: StaticString) {
    if filled.popLast() == true { newLine() }
    put(bracket)
  }

  private mutating func separate() {
    if isAfterKey {
      isAfterKey = false
      return
    }
    guard let isFilled = filled.last else { return }
    if isFilled { put(",") }
    filled[filled.count - 1] = true
    newLine()
  }

  private mutating func newLine() {
    guard layout == .pretty else { return }
    put("\n")
    for _ in filled { put("  ") }
  }
}

// MARK: - Values

extension JSONWriter {
  /// Writes a string.
  public mutating func value(_ string: String) {
    separate()
    quote(string)
  }

  /// Writes the string of these bytes, which are UTF-8; they reach no `String`.
  public mutating func value(utf8: UnsafeRawBufferPointer) {
    separate()
    quote(utf8)
  }

  /// Writes an integer.
  public mutating func value(_ integer: some FixedWidthInteger) {
    separate()
    put(String(integer))
  }

  /// Writes `true` or `false`.
  public mutating func value(_ boolean: Bool) {
    separate()
    put(boolean ? "true" : "false")
  }

  /// Writes a number so that it reads back the same; `null` for one that is not finite, for which JSON has no form.
  public mutating func value(_ double: Double) {
    separate()
    put(double.isFinite ? String(double) : "null")
  }

  /// Writes `null`.
  public mutating func null() {
    separate()
    put("null" as StaticString)
  }
}

// MARK: - Bytes

extension JSONWriter {
  private mutating func quote(_ string: String) {
    var string = string
    string.withUTF8 { quote(UnsafeRawBufferPointer($0)) }
  }

  private mutating func quote(_ utf8: UnsafeRawBufferPointer) {
    put("\"")
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "\""): put("\\\"")
      case UInt8(ascii: "\\"): put("\\\\")
      case 0x0A: put("\\n")
      case 0x0D: put("\\r")
      case 0x09: put("\\t")
      case 0..<0x20: put((byte < 0x10 ? "\\u000" : "\\u00") + String(byte, radix: 16))
      default: put(byte)
      }
    }
    put("\"")
  }

  private mutating func put(_ text: StaticString) {
    for byte in UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount) { put(byte) }
  }

  private mutating func put(_ text: String) {
    for byte in text.utf8 { put(byte) }
  }

  private mutating func put(_ byte: UInt8) {
    if count == buffer.count { grow() }
    buffer[count] = byte
    count += 1
  }

  private mutating func grow() {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 1)
    larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
    buffer.wipe()
    buffer.deallocate()
    buffer = larger
  }
}
