internal import Core
internal import JSON

extension ConfigurationDecoder {
  /// To be read after everything that names a file, destinations excepted.
  func metricsSettings(_ node: JSONNode) -> MetricsSettings? {
    var file = Field<String>.absent
    var every = Field<TimeSpan>.absent
    let isObject = members(of: node, ConfigurationKey.Metrics.self) { key, value in
      switch key {
      case .file: file = metricsFile(value)
      case .every: every = span(value, in: .seconds(1) ... .hours(1))
      }
    }
    if isObject, file.isAbsent { report("\"file\" is missing", at: node) }
    guard let file = file.value else { return nil }
    var settings = MetricsSettings(file: file)
    settings.every = every.value ?? settings.every
    return settings
  }

  private func metricsFile(_ node: JSONNode) -> Field<String> {
    guard case .given(let file, let offset) = path(node) else { return .refused }
    if AbsolutePath.lies(file, in: stateDirectory) {
      return refuse(
        node,
        "\(quotation(file)) is in the state directory, \(quotation(stateDirectory)); write the metrics elsewhere"
      )
    }
    if let reserved = reservedFiles.updateValue("\"metrics.file\"", forKey: file) {
      reservedFiles[file] = reserved
      return refuse(node, "\(quotation(file)) is \(reserved), which the metrics would overwrite")
    }
    return .given(file, offset: offset)
  }
}
