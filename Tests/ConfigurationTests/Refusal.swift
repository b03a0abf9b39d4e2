import Testing

/// One row of a table: what is replaced in the sample, and every problem that is reported, in order.
struct Refusal: CustomTestStringConvertible {
  let parts: [Sample.Part: String]
  let expected: [String]

  init(_ parts: [Sample.Part: String], _ expected: String...) {
    self.parts = parts
    self.expected = expected
  }

  var found: [String] { Sample(parts).problems() }

  var testDescription: String {
    parts.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key): \($0.value)" }.joined(
      separator: "; ")
  }
}
