internal import JSON

extension Configuration {
  /// Reads a configuration, JSON of at most 64 MiB, and checks everything that can be checked without the machine.
  ///
  /// `file` is the name that problems are reported under; where it is an absolute path, no destination may be that file.
  /// Throws all that is wrong at once; where the text is not JSON, that alone.
  public static func decode(
    _ text: UnsafeRawBufferPointer, file: String, context: DecodingContext
  ) throws(ConfigurationError) -> Configuration {
    let document: JSONDocument
    do {
      document = try JSONDocument(parsing: text, limits: JSONLimits(duplicateKeys: .keep))
    } catch {
      let problem = ConfigurationProblem(position: error.position, path: "", message: error.message)
      throw ConfigurationError(file: file, problems: [problem])
    }
    let decoder = ConfigurationDecoder(file: file, context: context)
    let configuration = decoder.configuration(document.root)
    guard let configuration, decoder.log.isEmpty else {
      throw decoder.log.error(file: file, document: document)
    }
    return configuration
  }
}
