internal import CCurl
internal import Glibc

/// What libcurl needs once a process: its start, its memory, the functions that it calls.
enum Curl {
  /// True where libcurl could be started.
  ///
  /// Its memory is wiped as it is freed: it holds the credential in its copies of the header and the new secret in its
  /// read buffer.
  static let isReady: Bool = {
    let code = curl_global_init_mem(
      Int(CURL_GLOBAL_ALL),
      { malloc($0) },
      { Curl.release($0) },
      { old, count in
        guard let old else { return malloc(count) }
        guard let new = malloc(count) else { return nil }
        memcpy(new, old, min(count, malloc_usable_size(old)))
        Curl.release(old)
        return new
      },
      { text in text.flatMap { strdup($0) } },
      { calloc($0, $1) })
    return code == CURLE_OK
  }()

  /// The system's certificates, as far as libcurl was built to find them in one file.
  static let systemCAFile = curl_version_info(CURLVERSION_SEVENTH).pointee.cainfo.map { String(cString: $0) }

  private static func release(_ memory: UnsafeMutableRawPointer?) {
    guard let memory else { return }
    explicit_bzero(memory, malloc_usable_size(memory))
    free(memory)
  }

  /// CURLOPT_WRITEFUNCTION: a part of the body.
  static let bodyCallback: tr_curl_write_function = { bytes, size, count, target in
    let part = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return Exchange.at(target)?.receive(part) == true ? part.count : 0
  }

  /// CURLOPT_HEADERFUNCTION: a line of the header section.
  static let headerCallback: tr_curl_write_function = { bytes, size, count, target in
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    Exchange.at(target)?.receive(headerLine: line)
    return line.count
  }

  /// CURLOPT_PREREQFUNCTION: the request is about to be written.
  static let requestCallback: curl_prereq_callback = { target, _, _, _, _ in
    Exchange.at(target)?.grant() == true ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
  }

  /// CURLOPT_DEBUGFUNCTION: among other things, bytes of the request were written.
  static let debugCallback: curl_debug_callback = { _, kind, _, count, target in
    if kind == CURLINFO_HEADER_OUT || kind == CURLINFO_DATA_OUT { Exchange.at(target)?.noteWritten(count) }
    return 0
  }

  /// CURLOPT_OPENSOCKETFUNCTION: as libcurl does it, but closed in children.
  static let socketCallback: curl_opensocket_callback = { _, _, address in
    guard let address = address?.pointee else { return -1 }
    return socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.protocol)
  }
}
