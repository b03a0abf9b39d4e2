public import Configuration
internal import Core
public import Platform

/// Whether the programs of a configuration may and can be run by this process.
public enum ProgramCheck {
  /// One that must not, or cannot, be run, with the first entry that asks for it.
  public struct Failure: Sendable {
    /// The entry.
    public var entry: String
    /// The program's path.
    public var program: String
    /// What is wrong with it.
    public var error: SystemError
  }

  /// The programs that must not, or cannot, be run; each once.
  public static func failures(_ configuration: Configuration) -> [Failure] {
    named(in: configuration).compactMap { entry, path in
      do throws(SystemError) {
        try ProgramFile.examine(path)
        return nil
      } catch {
        return Failure(entry: entry, program: path, error: error)
      }
    }
  }

  /// What to make of each program.
  static func findings(_ configuration: Configuration) -> [Finding] {
    named(in: configuration).map { entry, path in
      do throws(SystemError) {
        try ProgramFile.examine(path)
        return .ok(entry, "\(path) can be run")
      } catch {
        return .fail(entry, "\(error)", cure: Cure.program(path, error))
      }
    }
  }

  /// The programs of entries, each once, with the first entry that asks for it.
  static func named(in configuration: Configuration) -> [(entry: String, path: String)] {
    var seen: Set<String> = []
    var named: [(entry: String, path: String)] = []
    for entry in configuration.tokens {
      for occasion in ProgramOccasion.allCases {
        for program in entry.programs(for: occasion) where seen.insert(program.path).inserted {
          named.append((entry.name, program.path))
        }
      }
    }
    return named
  }
}
