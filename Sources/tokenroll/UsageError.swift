/// A command line that cannot be understood: a sentence that says what and what to write instead.
struct UsageError: Error {
  let description: String

  init(_ description: String) { self.description = description }
}
