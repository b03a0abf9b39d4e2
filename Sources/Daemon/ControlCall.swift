internal import JSON

/// A method call as a client sends it (varlink.org).
struct ControlCall {
  /// `INTERFACE.METHOD`.
  let method: String
  /// The client takes several replies.
  let wantsMore: Bool
  /// The client takes none.
  let isOneway: Bool
  private let parameters: JSONNode?

  /// Reads a message; nil where it is no call, to which the protocol has no answer.
  init?(_ message: [UInt8]) {
    let limits = JSONLimits(maxDepth: 8, maxBytes: ControlFrames.limit)
    guard let root = try? JSONDocument(parsing: message, limits: limits).root,
      let method = root["method"]?.string
    else {
      return nil
    }
    self.method = method
    wantsMore = root["more"]?.boolean == true
    isOneway = root["oneway"]?.boolean == true
    let parameters = root["parameters"]
    guard parameters == nil || parameters?.kind == .object || parameters?.kind == .null else { return nil }
    self.parameters = parameters
  }

  /// Throws at the first parameter that is none of `names`.
  func allow(_ names: String...) throws(ControlError) {
    guard let parameters else { return }
    for member in parameters.members where !names.contains(member.key) { throw .invalidParameter(member.key) }
  }

  /// A string; nil where it is left out or null.
  func text(_ name: String) throws(ControlError) -> String? {
    guard let node = value(name) else { return nil }
    guard let text = node.string else { throw .invalidParameter(name) }
    return text
  }

  /// A string that has to be there.
  func required(_ name: String) throws(ControlError) -> String {
    guard let text = try text(name) else { throw .invalidParameter(name) }
    return text
  }

  /// Strings; none where they are left out or null.
  func texts(_ name: String) throws(ControlError) -> [String] {
    guard let node = value(name) else { return [] }
    guard node.kind == .array else { throw .invalidParameter(name) }
    var texts: [String] = []
    for element in node.elements {
      guard let text = element.string else { throw .invalidParameter(name) }
      texts.append(text)
    }
    return texts
  }

  /// A truth value; false where it is left out or null.
  func flag(_ name: String) throws(ControlError) -> Bool {
    guard let node = value(name) else { return false }
    guard let flag = node.boolean else { throw .invalidParameter(name) }
    return flag
  }

  /// A number in `range`; nil where it is left out or null.
  func number(_ name: String, _ range: ClosedRange<Int64>) throws(ControlError) -> Int? {
    guard let node = value(name) else { return nil }
    guard let number = node.integer, range.contains(number) else { throw .invalidParameter(name) }
    return Int(number)
  }

  private func value(_ name: String) -> JSONNode? {
    guard let node = parameters?[name], node.kind != .null else { return nil }
    return node
  }
}
