import JSON
import TestSupport
import Testing

@testable import Daemon

/// Alerts, dashboard and manual name the metrics that there are, and no others.
@Suite struct MonitoringTests {
  /// The names of the samples, those of a histogram's parts included.
  private var exported: Set<String> {
    Set(
      ServiceMetrics.sample.text(.prometheus).split(separator: "\n").filter { !$0.hasPrefix("#") }
        .map { String($0.prefix { $0 != "{" && $0 != " " }) })
  }

  /// The names of families, as Prometheus has them.
  private var families: Set<String> {
    Set(
      ServiceMetrics.sample.text(.prometheus).split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
        .map { String($0.split(separator: " ")[2]) })
  }

  private func names(in text: String) -> Set<String> {
    Set(text.matches(of: /\btokenroll_[a-z_]+/).map { String($0.output) })
  }

  @Test func everyQueryOfTheAlertsIsAboutMetricsThatThereAre() throws {
    let found = names(in: try Repository.text("deploy/prometheus/tokenroll.rules.yml"))
    #expect(found.count > 10)
    #expect(found.subtracting(exported) == [])
  }

  @Test func everyQueryOfTheDashboardIsAboutMetricsThatThereAre() throws {
    let text = try Repository.text("deploy/prometheus/tokenroll-dashboard.json")
    let dashboard = try JSONDocument(parsing: Array(text.utf8)).root
    let queries = try #require(dashboard["panels"]).elements.flatMap { panel in
      panel["targets"]?.elements.compactMap { $0["expr"]?.string } ?? []
    }
    #expect(queries.count > 15)
    for query in queries { #expect(!names(in: query).isEmpty, "\(query)") }
    #expect(names(in: text).subtracting(exported) == [])
  }

  @Test func labelsOfTheAlertsAndTheDashboardHaveValuesThatThereAre() throws {
    let text = ServiceMetrics.sample.text(.prometheus)
    for file in ["tokenroll.rules.yml", "tokenroll-dashboard.json"] {
      // In JSON the quotation marks of a query are escaped.
      let queries = try Repository.text("deploy/prometheus/\(file)").replacing("\\\"", with: "\"")
      let selectors = queries.matches(of: /(event|outcome|result|call)=~?"([A-Za-z_|-]+)"/)
        .map { (String($0.output.1), $0.output.2.split(separator: "|")) }
      #expect(!selectors.isEmpty)
      for (label, values) in selectors {
        for value in values { #expect(text.contains("\(label)=\"\(value)\""), "\(file): \(label) \(value)") }
      }
    }
  }

  @Test func theManualHasEveryMetricAndEveryAlert() throws {
    let manual = try Repository.text("docs/operations.md")
    let start = try #require(manual.firstRange(of: "\n## Metrics\n")).upperBound
    let end = manual[start...].firstRange(of: "\n## ")?.lowerBound ?? manual.endIndex
    let section = manual[start..<end]
    let listed = section.matches(of: /\n\| `(tokenroll_[a-z_]+)/).map { String($0.output.1) }
    #expect(Set(listed) == families)
    #expect(listed.count == families.count)
    let rules = try Repository.text("deploy/prometheus/tokenroll.rules.yml")
    let alerts = rules.matches(of: /- alert: (\w+)/).map { String($0.output.1) }
    #expect(alerts.count > 10)
    #expect(section.matches(of: /\n\| `(Tokenroll\w+)`/).map { String($0.output.1) } == alerts)
  }
}
