internal import CCurl
internal import Platform

/// A libcurl easy handle: made for one request after the other.
final class EasyHandle {
  let handle: UnsafeMutableRawPointer
  private let errorText: UnsafeMutableBufferPointer<CChar>
  private var headers: UnsafeMutablePointer<curl_slist>?
  private var firstFailure: CURLcode = CURLE_OK

  init?() {
    guard Curl.isReady, let handle = curl_easy_init() else { return nil }
    self.handle = handle
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0)
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(headers)
    errorText.deallocate()
  }

  /// Forgets the request, and with it the credential; connections are the multi handle's and stay.
  func reset() {
    curl_easy_reset(handle)
    curl_slist_free_all(headers)
    headers = nil
    firstFailure = CURLE_OK
    errorText.update(repeating: 0)
  }

  /// What libcurl says about `code`, in detail where it has any.
  func describe(_ code: CURLcode) -> String {
    let detail = errorText.baseAddress.map { String(cString: $0) } ?? ""
    return detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
  }

  /// Sets everything for `exchange`; `CURLE_OK` or the first refusal.
  func prepare(for exchange: Exchange, _ settings: TransportSettings) -> CURLcode {
    setSafety(settings)
    setRequest(exchange.request, userAgent: settings.userAgent)
    setCallbacks(exchange)
    return firstFailure
  }
}

// MARK: - Options

extension EasyHandle {
  private func setSafety(_ settings: TransportSettings) {
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_PROTOCOLS_STR, settings.isSecure ? "https" : "http")
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let file = settings.caFile ?? Curl.systemCAFile {
      set(CURLOPT_CAINFO, file)
      // libcurl keeps the certificates of a file for further connections, if there is no directory besides.
      set(CURLOPT_CAPATH, nil)
    }
    // One request a connection at a time: when a connection breaks, it leaves no more than one roll in doubt.
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    set(CURLOPT_HTTP09_ALLOWED, 0)
    set(CURLOPT_HTTP_CONTENT_DECODING, 0)
    // https_proxy and no_proxy are honoured; without TLS a proxy would read the credential.
    if !settings.isSecure { set(CURLOPT_PROXY, "") }
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
    set(CURLOPT_TIMEOUT_MS, settings.timeoutMilliseconds)
    set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeoutMilliseconds)
    // A name server that does not answer must not hold up the queue when the time is over: the resolver's thread is
    // then left to end by itself.
    set(CURLOPT_QUICK_EXIT, 1)
    set(CURLOPT_MAXAGE_CONN, 30)
    // All of a buffer is wiped when it is given back, and these are seldom filled: the smaller, the cheaper.
    set(CURLOPT_BUFFERSIZE, 1_024)
    set(CURLOPT_UPLOAD_BUFFERSIZE, 16_384)
  }

  private func setRequest(_ request: Request, userAgent: String) {
    set(CURLOPT_URL, request.url)
    set(CURLOPT_USERAGENT, userAgent)
    if let body = request.body {
      set(CURLOPT_POST, 1)
      set(CURLOPT_POSTFIELDSIZE, body.count)
      body.withUnsafeBytes {
        note(
          tr_curl_setopt_pointer(
            handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress)))
      }
    }
    set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    addAuthorization(request.bearer)
    addHeader("Accept: application/json")
    // A compressed answer would have to be unpacked, to no one knows what size.
    addHeader("Accept-Encoding: identity")
    if request.body != nil { addHeader("Content-Type: application/json") }
    addHeader("Expect:")
    note(tr_curl_setopt_list(handle, CURLOPT_HTTPHEADER, headers))
  }

  private func setCallbacks(_ exchange: Exchange) {
    let pointer = exchange.pointer
    note(tr_curl_setopt_pointer(handle, CURLOPT_ERRORBUFFER, errorText.baseAddress))
    note(tr_curl_setopt_write(handle, CURLOPT_WRITEFUNCTION, Curl.bodyCallback))
    note(tr_curl_setopt_pointer(handle, CURLOPT_WRITEDATA, pointer))
    note(tr_curl_setopt_write(handle, CURLOPT_HEADERFUNCTION, Curl.headerCallback))
    note(tr_curl_setopt_pointer(handle, CURLOPT_HEADERDATA, pointer))
    note(tr_curl_setopt_prereq(handle, Curl.requestCallback))
    note(tr_curl_setopt_pointer(handle, CURLOPT_PREREQDATA, pointer))
    // The debug callback alone tells exactly when bytes of a request are written; it is called only when verbose.
    note(tr_curl_setopt_debug(handle, Curl.debugCallback))
    note(tr_curl_setopt_pointer(handle, CURLOPT_DEBUGDATA, pointer))
    set(CURLOPT_VERBOSE, 1)
    note(tr_curl_setopt_opensocket(handle, Curl.socketCallback))
  }

  /// The copy of the secret that is made here is wiped here; libcurl's own are wiped when it frees them.
  private func addAuthorization(_ bearer: Secret) {
    let prefix = "Authorization: Bearer ".utf8
    bearer.withBytes { secret in
      let line = UnsafeMutableRawBufferPointer.allocate(
        byteCount: prefix.count + secret.count + 1, alignment: 1)
      defer {
        wipe(line)
        line.deallocate()
      }
      line.copyBytes(from: prefix)
      UnsafeMutableRawBufferPointer(rebasing: line[prefix.count...]).copyMemory(from: secret)
      line[line.count - 1] = 0
      if let text = line.assumingMemoryBound(to: CChar.self).baseAddress { append(text) }
    }
  }

  private func addHeader(_ line: String) { line.withCString { append($0) } }

  private func append(_ line: UnsafePointer<CChar>) {
    guard let list = curl_slist_append(headers, line) else { return note(CURLE_OUT_OF_MEMORY) }
    headers = list
  }

  private func set(_ option: CURLoption, _ value: Int) { note(tr_curl_setopt_long(handle, option, value)) }

  private func set(_ option: CURLoption, _ value: String?) {
    note(tr_curl_setopt_string(handle, option, value))
  }

  private func note(_ code: CURLcode) {
    if firstFailure == CURLE_OK { firstFailure = code }
  }
}
