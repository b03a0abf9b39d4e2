internal import Core
internal import JSON

extension ConfigurationDecoder {
  func apiSettings(_ node: JSONNode) -> APISettings? {
    var settings = APISettings()
    var connectTimeout = Field<TimeSpan>.absent
    let isObject = members(of: node, ConfigurationKey.API.self) { key, value in
      switch key {
      case .baseURL: settings.baseURL = baseURL(value).value ?? settings.baseURL
      case .timeout:
        settings.timeout = span(value, in: .seconds(1) ... .minutes(10)).value ?? settings.timeout
      case .connectTimeout:
        connectTimeout = span(value, in: .milliseconds(100) ... .minutes(10))
      case .settleTime:
        settings.settleTime = span(value, in: .zero ... .minutes(10)).value ?? settings.settleTime
      case .caFile: settings.caFile = certificates(value).value
      case .maxInFlight:
        settings.maxInFlight = integer(value, in: 1...256).value ?? settings.maxInFlight
      case .rateLimit: settings.rateLimit = rateLimit(value) ?? settings.rateLimit
      }
    }
    guard isObject else { return nil }
    if case .given(let span, let offset) = connectTimeout {
      if span > settings.timeout {
        log.add("\(span) is longer than \"timeout\", \(settings.timeout)", at: offset)
      }
      settings.connectTimeout = span
    } else {
      settings.connectTimeout = min(settings.connectTimeout, settings.timeout)
    }
    return settings
  }

  private func baseURL(_ node: JSONNode) -> Field<String> {
    guard case .given(let url, let offset) = string(node) else { return .refused }
    if let refusal = BaseURL.refusal(of: url) { return refuse(node, refusal) }
    return .given(url, offset: offset)
  }

  private func certificates(_ node: JSONNode) -> Field<String> {
    let file = path(node)
    if let path = file.value { reservedFiles[path] = "\"api.ca_file\"" }
    return file
  }

  private func rateLimit(_ node: JSONNode) -> RateLimit? {
    var limit = RateLimit()
    let isObject = members(of: node, ConfigurationKey.RateLimit.self) { key, value in
      switch key {
      case .requests: limit.requests = integer(value, in: 1...1_000_000).value ?? limit.requests
      case .per: limit.per = span(value, in: .seconds(1) ... .days(1)).value ?? limit.per
      }
    }
    return isObject ? limit : nil
  }
}
