public import Configuration
internal import Platform

/// A template on disk.
public enum TemplateFile {
  /// Reads and judges the file `path`, which nobody but root and the service may be able to change; throws with all its
  /// problems.
  static func load(_ path: String) throws(ConfigurationFile.Failure) -> Template {
    let text: Secret
    do throws(SystemError) {
      text = try AtomicFile.readFile(path, limit: Template.mostBytes, mustBeTrusted: true)
    } catch {
      throw .unreadable(error)
    }
    return try text.withBytes { (bytes) throws(ConfigurationFile.Failure) in
      do throws(ConfigurationError) {
        return try Template.parse(bytes, file: path)
      } catch {
        throw .refused(error)
      }
    }
  }

  /// What is wrong with the templates that `configuration` names, a line for each problem with file, line and column.
  public static func problems(in configuration: Configuration) -> [String] {
    var paths: Set<String> = []
    for entry in configuration.tokens {
      for destination in entry.publish { if let path = destination.template { paths.insert(path) } }
    }
    return paths.sorted().flatMap { (path) -> [String] in
      do throws(ConfigurationFile.Failure) {
        _ = try load(path)
        return []
      } catch {
        return error.description.split(separator: "\n").map(String.init)
      }
    }
  }
}
