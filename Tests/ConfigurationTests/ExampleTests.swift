import Configuration
import Core
import TestSupport
import Testing

/// The example and the reference say what the decoder does.
@Suite struct ExampleTests {
  @Test func exampleIsAcceptedAndShowsTheCommonForms() throws {
    let configuration = try decode(Array(Repository.text("config.example.json").utf8))
    let destinations = configuration.tokens.flatMap(\.publish)
    let formats = Set(destinations.map(\.format))
    #expect(formats == [.env, .json, .raw, .r2Env, .template])
    #expect(destinations.contains { $0.mode == 0o640 && $0.group != nil })
    let cadences = configuration.tokens.map(\.schedule.cadence)
    #expect(cadences.contains(.every(.days(30))))
    #expect(cadences.contains(.calendar(try CalendarExpression(parsing: "Tue 03:00 Europe/Berlin"))))
    #expect(configuration.tokens.map(\.enabled).contains(false))
    #expect(configuration.tokens.flatMap(\.reload) == ["caddy.service"])
    #expect(configuration.tokens.flatMap(\.run).map(\.readsSecret) == [true])
    #expect(configuration.tokens.allSatisfy { $0.onFailure.count == 1 && $0.onRecovery.count == 1 })
    #expect(configuration.credentials.count == 3)
    #expect(configuration.tokens.compactMap(\.provide) == ["main", "reserve"])
  }

  private func reference() throws -> String {
    try Repository.text("docs/configuration.md")
  }

  @Test func everyConfigurationInTheReferenceIsAccepted() throws {
    let blocks = try reference().split(separator: "```json\n").dropFirst()
    let configurations = blocks.compactMap { $0.split(separator: "```").first }.filter {
      $0.contains("\"tokens\"")
    }
    #expect(configurations.count >= 2)
    for configuration in configurations {
      #expect(throws: Never.self, "\(configuration)") { try decode(String(configuration)) }
    }
  }

  @Test func everyKeyAndChoiceIsInTheReference() throws {
    let reference = try reference()
    let keys =
      ConfigurationKey.Top.allCases.map(\.rawValue) + ConfigurationKey.API.allCases.map(\.rawValue)
      + ConfigurationKey.RateLimit.allCases.map(\.rawValue)
      + ConfigurationKey.Metrics.allCases.map(\.rawValue)
      + ConfigurationKey.Defaults.allCases.map(\.rawValue)
      + ConfigurationKey.Entry.allCases.map(\.rawValue) + ConfigurationKey.Schedule.allCases.map(\.rawValue)
      + ConfigurationKey.Program.allCases.map(\.rawValue)
      + ConfigurationKey.Destination.allCases.map(\.rawValue) + Destination.Format.allCases.map(\.rawValue)
      + Destination.Exception.allCases.map(\.rawValue) + Schedule.First.allCases.map(\.rawValue)
    for key in keys { #expect(reference.contains("`\(key)`"), "\(key)") }
  }

  @Test func problemsInTheReferenceAreTheDecodersOwn() throws {
    let sections = try reference().split(separator: "```json refused\n").dropFirst()
    #expect(sections.count == 1)
    for section in sections {
      let blocks = section.split(separator: "```")
      let text = try #require(blocks.first)
      let listed = try #require(blocks.dropFirst(2).first).drop { $0 != "\n" }.dropFirst()
      let error = try #require(throws: ConfigurationError.self) { try decode(String(text)) }
      #expect(error.description + "\n" == listed)
    }
  }
}
