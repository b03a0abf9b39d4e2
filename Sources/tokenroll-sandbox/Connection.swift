import CMicroHTTPD

/// A connection of libmicrohttpd, which knows which thread may use it: the one that handles it, or, while it is
/// suspended, the one that holds its exchange.
struct Connection: @unchecked Sendable {
  let handle: OpaquePointer

  var socket: Int32 { sandbox_mhd_socket(handle) }

  var session: gnutls_session_t? { sandbox_mhd_session(handle) }

  var peer: IPAddress? { sandbox_mhd_peer(handle).flatMap { IPAddress($0) } }

  func header(_ name: String) -> String? {
    MHD_lookup_connection_value(handle, .HEADER_KIND, name).map { String(cString: $0) }
  }

  /// The arguments behind the path's `?`, decoded.
  var query: [String: String] {
    var arguments: [String: String] = [:]
    withUnsafeMutablePointer(to: &arguments) { pointer in
      _ = MHD_get_connection_values(
        handle, .GET_ARGUMENT_KIND,
        { context, _, key, value in
          guard let context, let key else { return .YES }
          context.assumingMemoryBound(to: [String: String].self).pointee[String(cString: key)] =
            value.map { String(cString: $0) } ?? ""
          return .YES
        }, pointer)
    }
    return arguments
  }

  func suspend() { MHD_suspend_connection(handle) }

  func resume() { MHD_resume_connection(handle) }

  /// Hands the answer over to be sent.
  func queue(_ answer: Answer, ray: String) -> MHD_Result {
    let response = answer.body.withUnsafeBytes { bytes in
      MHD_create_response_from_buffer(
        bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let response else { return .NO }
    defer { MHD_destroy_response(response) }
    for (name, value) in answer.allHeaders(ray: ray) {
      guard MHD_add_response_header(response, name, value) == .YES else { return .NO }
    }
    return MHD_queue_response(handle, UInt32(answer.status), response)
  }
}

extension Answer {
  /// The headers of the answer, those that every answer has among them.
  func allHeaders(ray: String) -> [(name: String, value: String)] {
    (contentType.map { [("Content-Type", $0)] } ?? []) + [("CF-RAY", ray), ("Server", "tokenroll-sandbox")]
      + headers
  }
}
