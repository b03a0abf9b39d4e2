import Core
import Platform
import TestSupport
import Testing

@testable import Systemd

@Suite struct UnitReloadTests {
  /// A reload whose last call was sent: number 3 is the call for the job.
  private func reload() -> UnitReload {
    var reload = UnitReload("nginx.service")
    reload.sent(.match, cookie: 1)
    #expect(reload.received(.answer(to: 1, path: nil)) == .send(.subscribe))
    reload.sent(.subscribe, cookie: 2)
    #expect(reload.received(.answer(to: 2, path: nil)) == .send(.reload))
    reload.sent(.reload, cookie: 3)
    return reload
  }

  @Test(arguments: ["done", "skipped"]) func endOfOurJobEndsIt(result: String) {
    var reload = reload()
    #expect(reload.received(.answer(to: 3, path: "/job/7")) == .wait)
    #expect(reload.received(.jobRemoved(path: "/job/8", result: "failed")) == .wait)
    #expect(reload.received(.jobRemoved(path: "/job/7", result: result)) == .finished)
  }

  @Test func endThatIsToldBeforeTheAnswerCounts() {
    var reload = reload()
    #expect(reload.received(.jobRemoved(path: "/job/7", result: "done")) == .wait)
    #expect(reload.received(.answer(to: 3, path: "/job/7")) == .finished)
  }

  @Test(arguments: ["failed", "canceled", "timeout", "dependency", "invalid"])
  func jobThatDoesNotSucceedIsAFailure(result: String) {
    var reload = reload()
    _ = reload.received(.answer(to: 3, path: "/job/7"))
    guard case .failed(let error) = reload.received(.jobRemoved(path: "/job/7", result: result)) else {
      Issue.record("no failure")
      return
    }
    #expect(error.kind == .jobFailed)
    #expect(
      error.description
        == "cannot reload nginx.service: the job ended with the result \"\(result)\"; see \"systemctl status nginx.service\""
    )
  }

  @Test(
    arguments: [
      ("org.freedesktop.DBus.Error.AccessDenied", .denied),
      ("org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", .denied),
      ("org.freedesktop.systemd1.NoSuchUnit", .noSuchUnit),
      ("org.freedesktop.systemd1.UnitMasked", .noSuchUnit),
      ("org.freedesktop.DBus.Error.ServiceUnknown", .noBus), ("org.freedesktop.DBus.Error.NoReply", .other),
    ] as [(String, SystemdError.Kind)])
  func refusalsAreToldApart(name: String, kind: SystemdError.Kind) {
    var reload = reload()
    guard case .failed(let error) = reload.received(.refusal(to: 3, name: name, message: "no\nway")) else {
      Issue.record("no failure")
      return
    }
    #expect(error.kind == kind)
    #expect(error.description.contains("no way"))
  }

  @Test func answersToOtherCallsMeanNothing() {
    var reload = reload()
    #expect(reload.received(.answer(to: 2, path: "/job/7")) == .wait)
    #expect(reload.received(.refusal(to: 99, name: "x", message: "y")) == .wait)
    #expect(reload.received(.other) == .wait)
  }

  @Test(.timeLimit(.minutes(1))) func missingBusIsToldAsThat() async {
    let reloader = UnitReloader(timeLimit: .seconds(5), address: "unix:path=/nonexistent/bus")
    do {
      try await reloader.reload("nginx.service")
      Issue.record("reloaded")
    } catch {
      #expect(error.kind == .noBus)
      #expect(error.description.hasPrefix("cannot reload nginx.service: "))
    }
  }
}
