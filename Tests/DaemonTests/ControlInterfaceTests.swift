import Core
import TestSupport
import Testing

@testable import Daemon

/// What the socket says about itself is what it does, and what the shipped file says.
@Suite struct ControlInterfaceTests {
  @Test func theDescriptionIsTheShippedFile() throws {
    #expect(try Repository.text("deploy/org.tokenroll.Control.varlink") == ControlInterface.control)
  }

  /// The names after `keyword` in a description.
  private func names(_ keyword: String, in description: String) -> [String] {
    description.split(separator: "\n").filter { $0.hasPrefix("\(keyword) ") }.map { line in
      String(line.dropFirst(keyword.count + 1).prefix { $0.isLetter })
    }
  }

  @Test func everyMethodIsDescribedAndNoOther() {
    #expect(
      names("method", in: ControlInterface.control).sorted()
        == ControlMethod.allCases.map(\.rawValue).sorted())
  }

  @Test func everyErrorIsDescribed() throws {
    let errors: [ControlError] = [
      .interfaceNotFound("a"), .methodNotFound("a"), .invalidParameter("a"), .permissionDenied, .expectedMore,
      .noSuchEntry("a", nearest: nil), .entryDisabled("a"), .entryPaused("a", reason: "b"),
      .rollInHand("a", phase: "b"),
      .clockDoubted("a"), .stopping, .replyTooLong, .failed("a"),
    ]
    for error in errors {
      let dot = try #require(error.name.lastIndex(of: "."))
      let description = try #require(ControlInterface.descriptions[String(error.name[..<dot])])
      let line = try #require(
        description.split(separator: "\n").first {
          $0.hasPrefix("error \(error.name[error.name.index(after: dot)...]) (")
        }, "\(error.name)")
      let parameters = line.split(separator: "(")[1].dropLast().split(separator: ",").map { part in
        String(part.split(separator: ":")[0].filter { $0 != " " })
      }
      #expect(parameters == error.parameters.map(\.name), "\(error.name)")
    }
  }

  @Test func everyStateIsDescribed() throws {
    let control = ControlInterface.control
    let start = try #require(control.firstRange(of: "type State ("))
    let states = control[start.upperBound...].prefix { $0 != ")" }
      .split { $0 == "," || $0.isWhitespace }.map(String.init)
    #expect(states == EntryState.Summary.allCases.map(\.rawValue))
  }
}
