internal import JSON

/// Finds which values (or keys) begin at given offsets, in one walk that passes by whatever holds none of them.
struct PathFinder {
  private struct Child {
    let start: Int
    let component: Component
    let node: JSONNode
  }

  private enum Component {
    case key(JSONMember)
    case index(Int)
  }

  private var wanted: ArraySlice<Int>
  private var paths: [Int: String] = [:]

  /// The paths of the values or keys that begin at `offsets`, which ascend.
  static func paths(at offsets: [Int], in root: JSONNode) -> [Int: String] {
    var finder = PathFinder(wanted: offsets[...])
    finder.visit(root, path: "", end: .max)
    return finder.paths
  }

  private init(wanted: ArraySlice<Int>) { self.wanted = wanted }

  private mutating func take(_ offset: Int, path: String) {
    while wanted.first == offset {
      paths[offset] = path
      wanted.removeFirst()
    }
  }

  private mutating func visit(_ node: JSONNode, path: String, end: Int) {
    take(node.offset, path: path)
    if node.kind == .object {
      let children = node.members.lazy.map {
        Child(start: $0.keyOffset, component: .key($0), node: $0.value)
      }
      visit(children, path: path, end: end)
    } else {
      let children = node.elements.enumerated().lazy.map {
        Child(start: $1.offset, component: .index($0), node: $1)
      }
      visit(children, path: path, end: end)
    }
  }

  /// A child reaches to where the next one begins, the last to `end`.
  private mutating func visit(_ children: some Sequence<Child>, path: String, end: Int) {
    var last: Child?
    for child in children {
      guard let next = wanted.first, next < end else { return }
      if let last, next < child.start { visit(last, path: path, end: child.start) }
      last = child
    }
    if let last, let next = wanted.first, next < end { visit(last, path: path, end: end) }
  }

  private mutating func visit(_ child: Child, path: String, end: Int) {
    let childPath = path + Self.text(child.component, isFirst: path.isEmpty)
    take(child.start, path: childPath)
    visit(child.node, path: childPath, end: end)
  }

  private static func text(_ component: Component, isFirst: Bool) -> String {
    switch component {
    case .index(let index):
      return "[\(index)]"
    case .key(let member):
      let key = member.key
      let isPlain = !key.isEmpty && key.utf8.allSatisfy { $0.isWordCharacter || $0 == UInt8(ascii: "$") }
      guard isPlain else { return "[\(quotation(key))]" }
      return (isFirst ? "" : ".") + (looksLikeSecret(key) ? redacted : key)
    }
  }
}
