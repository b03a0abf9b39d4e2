extension TimeSpan {
  var abbreviated: String { "\(microseconds / 1_000_000) s" }
}
