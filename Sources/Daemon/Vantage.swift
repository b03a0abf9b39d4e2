internal import Glibc
internal import Platform

/// From where the doctor looks: with the rights of the service where that can be had.
struct Vantage {
  /// The service's user; nil where no unit is installed, or the unit names none that exists.
  let user: ServiceUser?

  /// Whether the process has other rights than the service, and cannot take its.
  var isOrdinary: Bool {
    guard let identity = user?.identity else { return user != nil && geteuid() != 0 }
    return geteuid() != 0 && geteuid() != identity.user
  }

  /// The service's user for messages and commands.
  var name: String { user?.name ?? Users.name(of: geteuid()) }

  /// Runs `body` with the rights of the service's user, or with those that the process has.
  func look<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    guard geteuid() == 0, let identity = user?.identity else { return try body() }
    let seen = try? identity.act { () -> Swift.Result<Result, Failure> in
      do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
    }
    guard let seen else { return try body() }
    return try seen.get()
  }

  /// What to make of an error: what an ordinary user is not allowed to see is not wrong for that.
  func finding(_ subject: String, _ error: SystemError, cure: String) -> Finding {
    let isAboutRights = error.code == EACCES || error.code == EPERM || error.code == 0
    guard isOrdinary, isAboutRights else { return .fail(subject, "\(error)", cure: cure) }
    // What the service would be told to do about it is not what is in the way here.
    var refusal = error
    refusal.context = nil
    return .warn(
      subject, "not for user \(Users.name(of: geteuid())) to judge: \(refusal)",
      cure: "run `tokenroll doctor` as root or as \(name)")
  }
}
