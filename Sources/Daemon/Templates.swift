internal import Configuration
internal import Platform

/// The templates of destinations, as they were when they were read last and were good.
@RotationActor final class Templates {
  private var known: [String: Template] = [:]

  /// Reads the template `path` anew; what is wrong with it leaves the one that was good before.
  @discardableResult
  func read(_ path: String) throws(SystemError) -> Template {
    do throws(ConfigurationFile.Failure) {
      let template = try TemplateFile.load(path)
      known[path] = template
      return template
    } catch {
      switch error {
      case .unreadable(let error): throw error
      case .refused(let error):
        let problems = error.problems.map { "at \($0)" }.joined(separator: "; ")
        throw SystemError("cannot use the template", path, code: 0, context: problems)
      }
    }
  }

  /// The template `path` as it was good last; read where it was not yet.
  ///
  /// A roll that took place publishes with what was proved before it, whatever became of the file since.
  func last(_ path: String) throws(SystemError) -> Template {
    if let template = known[path] { return template }
    return try read(path)
  }
}
