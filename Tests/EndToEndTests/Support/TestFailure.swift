/// What went wrong with the means of a test, not with what is tested.
struct TestFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
