internal import Core

/// A text of metrics, family by family, in one of the formats that Prometheus reads.
struct MetricsText {
  /// The formats, which differ in what they call counters and infos, and in how they end.
  enum Format {
    /// OpenMetrics 1.0.
    case openMetrics
    /// The text format of Prometheus, version 0.0.4: the one that the textfile collector of node_exporter takes.
    case prometheus
  }

  /// The kinds of families.
  enum Kind: String {
    case gauge, counter, histogram, info

    /// What the name of a sample has behind the family's.
    fileprivate var suffix: String {
      switch self {
      case .counter: "_total"
      case .info: "_info"
      case .gauge, .histogram: ""
      }
    }
  }

  private let format: Format
  private var name = ""
  private var suffix = ""
  private(set) var text = ""

  init(_ format: Format) { self.format = format }

  /// Begins the family `name`, without the suffix of its kind; `help` is a sentence without its full stop.
  mutating func family(_ name: String, _ kind: Kind, _ help: String) {
    self.name = name
    suffix = kind.suffix
    // Prometheus knows no infos, and takes the suffix for a part of the family's name.
    let (family, type) =
      switch format {
      case .openMetrics: (name, kind)
      case .prometheus: (name + suffix, kind == .info ? .gauge : kind)
      }
    text += "# HELP \(family) \(help).\n# TYPE \(family) \(type.rawValue)\n"
  }

  /// Adds a sample to the family. No value of a label has a character that would have to be escaped.
  mutating func sample(_ value: Int, _ labels: [(String, String)] = []) {
    line(suffix, labels, String(value))
  }

  mutating func sample(_ flag: Bool, _ labels: [(String, String)] = []) { sample(flag ? 1 : 0, labels) }

  /// Adds an instant, in seconds since 1970; nothing where there is none.
  mutating func sample(_ time: Timestamp?, _ labels: [(String, String)] = []) {
    if let time { line(suffix, labels, String(time.seconds)) }
  }

  /// Adds a histogram to the family.
  mutating func sample(_ histogram: Histogram, _ labels: [(String, String)]) {
    var count = 0
    let bounds = Histogram.bounds.map(Self.seconds) + ["+Inf"]
    for (bound, bucket) in zip(bounds, histogram.counts) {
      count += bucket
      line("_bucket", labels + [("le", bound)], String(count))
    }
    line("_sum", labels, Self.seconds(histogram.sum))
    line("_count", labels, String(count))
  }

  /// Ends the text.
  mutating func end() {
    if format == .openMetrics { text += "# EOF\n" }
  }

  private mutating func line(_ suffix: String, _ labels: [(String, String)], _ value: String) {
    let list = labels.map { "\($0)=\"\($1)\"" }.joined(separator: ",")
    text += "\(name)\(suffix)\(list.isEmpty ? "" : "{\(list)}") \(value)\n"
  }

  /// "2.5", and "1.0" too, as OpenMetrics has the bounds of buckets.
  private static func seconds(_ span: TimeSpan) -> String {
    String(Double(span.microseconds) / 1_000_000)
  }
}
