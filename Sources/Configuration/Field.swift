/// A member of an object: not there, there and refused (a problem has been reported), or there and good.
enum Field<Value> {
  case absent
  case refused
  case given(Value, offset: Int)

  /// The value where there is a good one.
  var value: Value? {
    if case .given(let value, _) = self { value } else { nil }
  }

  var isAbsent: Bool {
    if case .absent = self { true } else { false }
  }

  var isRefused: Bool {
    if case .refused = self { true } else { false }
  }

  /// This field, or where it is absent the one that stands in for it.
  func or(_ other: Field) -> Field { isAbsent ? other : self }

  /// The good value passed through `change`.
  func map<Other>(_ change: (Value) -> Other) -> Field<Other> {
    switch self {
    case .absent: .absent
    case .refused: .refused
    case .given(let value, let offset): .given(change(value), offset: offset)
    }
  }
}

extension Field: Sendable where Value: Sendable {}
