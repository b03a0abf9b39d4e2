public import Configuration
internal import Core
internal import Glibc
internal import JSON
public import Platform

/// The configuration on disk.
public enum ConfigurationFile {
  /// Where it lies unless `--config` says otherwise.
  public static let defaultPath = "/etc/tokenroll/config.json"

  /// Why it could not be taken into use.
  public enum Failure: Error, CustomStringConvertible {
    /// The file could not be read.
    case unreadable(SystemError)
    /// It was read and has problems.
    case refused(ConfigurationError)

    /// Every problem on a line of its own.
    public var description: String {
      switch self {
      case .unreadable(let error): error.description
      case .refused(let error): error.description
      }
    }
  }

  /// Reads and judges the file `path`; throws with all its problems.
  public static func load(_ path: String) throws(Failure) -> Configuration {
    let text: Secret
    do throws(SystemError) {
      text = try AtomicFile.readFile(path, limit: JSONLimits().maxBytes, allowSymbolicLink: true)
    } catch {
      throw .unreadable(error)
    }
    return try text.withBytes { (bytes) throws(Failure) in
      do throws(ConfigurationError) {
        return try judge(bytes, file: path)
      } catch {
        throw .refused(error)
      }
    }
  }

  /// Judges a text that is, or will be, the file `path`.
  static func judge(_ text: UnsafeRawBufferPointer, file path: String) throws(ConfigurationError)
    -> Configuration
  {
    let context = DecodingContext(
      stateDirectory: environmentDirectory("STATE_DIRECTORY") ?? "/var/lib/tokenroll",
      zoneExists: { TimeZones.exists($0) })
    return try Configuration.decode(text, file: path, context: context)
  }
}

/// The directory that systemd names in the environment variable `name` (systemd.exec(5)): of several, between colons, the first.
func environmentDirectory(_ name: String) -> String? {
  environment(name)?.split(separator: ":").first.map(String.init)
}

/// The value of the environment variable `name`; nil where it is not set or empty.
func environment(_ name: String) -> String? {
  guard let value = getenv(name) else { return nil }
  let text = String(cString: value)
  return text.isEmpty ? nil : text
}
