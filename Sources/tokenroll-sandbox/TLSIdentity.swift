import CMicroHTTPD
import Glibc

/// A certificate authority for tests, made anew at each start, and the server's certificate and key.
struct TLSIdentity: Sendable {
  /// What is right or wrong with the server's certificate.
  enum Quality: String, Sendable, CaseIterable {
    case good, expired
    case wrongHost = "wrong-host"
    case selfSigned = "self-signed"
  }

  /// The newest version of TLS that is spoken; no older than 1.1.
  enum Version: String, Sendable, CaseIterable {
    case tls11 = "1.1"
    case tls12 = "1.2"
    case tls13 = "1.3"

    /// What GnuTLS is told.
    var priorities: String {
      let versions =
        switch self {
        case .tls11: "+VERS-TLS1.1"
        case .tls12: "+VERS-TLS1.2:+VERS-TLS1.1"
        case .tls13: "+VERS-TLS1.3:+VERS-TLS1.2"
        }
      return "NORMAL:-VERS-ALL:\(versions)"
    }
  }

  /// PEM texts.
  let authority: [UInt8]
  let certificate: [UInt8]
  let key: [UInt8]

  init(_ quality: Quality) throws(SandboxError) {
    do {
      let authority = try Authority()
      let server = try Server(quality, authority)
      self.authority = try Self.pem(authority.certificate, gnutls_x509_crt_export2)
      certificate = try Self.pem(server.certificate, gnutls_x509_crt_export2)
      key = try Self.pem(server.key, gnutls_x509_privkey_export2)
    } catch {
      throw SandboxError(.system, "cannot make the certificates: \(error.operation): \(error.reason)")
    }
  }

  private struct Authority {
    let key: gnutls_x509_privkey_t
    let certificate: gnutls_x509_crt_t

    init() throws(Failure) {
      key = try TLSIdentity.newKey()
      certificate = try TLSIdentity.newCertificate(
        name: "CN=tokenroll-sandbox test CA", key: key, days: -1...30)
      try Failure.check("basic constraints", gnutls_x509_crt_set_basic_constraints(certificate, 1, 0))
      try Failure.check(
        "key usage",
        gnutls_x509_crt_set_key_usage(certificate, UInt32(GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN)))
      try Failure.check("signing", gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0))
    }
  }

  private struct Server {
    let key: gnutls_x509_privkey_t
    let certificate: gnutls_x509_crt_t

    init(_ quality: Quality, _ authority: Authority) throws(Failure) {
      key = try TLSIdentity.newKey()
      let host = quality == .wrongHost ? "wrong.example" : "localhost"
      certificate = try TLSIdentity.newCertificate(
        name: "CN=\(host)", key: key, days: quality == .expired ? -30...(-1) : -1...30)
      try add(GNUTLS_SAN_DNSNAME, Array(host.utf8))
      if quality != .wrongHost {
        try add(GNUTLS_SAN_IPADDRESS, [127, 0, 0, 1])
        try add(GNUTLS_SAN_IPADDRESS, [UInt8](repeating: 0, count: 15) + [1])
      }
      try Failure.check("basic constraints", gnutls_x509_crt_set_basic_constraints(certificate, 0, -1))
      try Failure.check(
        "key usage", gnutls_x509_crt_set_key_usage(certificate, UInt32(GNUTLS_KEY_DIGITAL_SIGNATURE)))
      try Failure.check(
        "purpose", gnutls_x509_crt_set_key_purpose_oid(certificate, GNUTLS_KP_TLS_WWW_SERVER, 0))
      let isSelfSigned = quality == .selfSigned
      try Failure.check(
        "signing",
        gnutls_x509_crt_sign2(
          certificate, isSelfSigned ? certificate : authority.certificate, isSelfSigned ? key : authority.key,
          GNUTLS_DIG_SHA256, 0))
    }

    private func add(_ kind: gnutls_x509_subject_alt_name_t, _ name: [UInt8]) throws(Failure) {
      try Failure.check(
        "alternative name",
        gnutls_x509_crt_set_subject_alt_name(
          certificate, kind, name, UInt32(name.count), UInt32(GNUTLS_FSAN_APPEND)))
    }
  }

  // MARK: GnuTLS

  private struct Failure: Error {
    let operation: String
    let reason: String

    static func check(_ operation: String, _ code: Int32) throws(Failure) {
      guard code < 0 else { return }
      throw Failure(operation: operation, reason: String(cString: gnutls_strerror(code)))
    }
  }

  private static func newKey() throws(Failure) -> gnutls_x509_privkey_t {
    var key: gnutls_x509_privkey_t?
    try Failure.check("key", gnutls_x509_privkey_init(&key))
    guard let key else { throw Failure(operation: "key", reason: "no key was made") }
    // ECDSA over P-256 (GNUTLS_CURVE_TO_BITS is a macro).
    let curve = UInt32(1) << 31 | UInt32(GNUTLS_ECC_CURVE_SECP256R1.rawValue)
    try Failure.check("key", gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, curve, 0))
    return key
  }

  private static func newCertificate(
    name: String, key: gnutls_x509_privkey_t, days: ClosedRange<Int>
  ) throws(Failure) -> gnutls_x509_crt_t {
    var made: gnutls_x509_crt_t?
    try Failure.check("certificate", gnutls_x509_crt_init(&made))
    guard let certificate = made else { throw Failure(operation: "certificate", reason: "none was made") }
    var serial = Randomness.bytes(16)
    serial[0] &= 0x7F  // a positive number (RFC 5280, section 4.1.2.2)
    let now = time(nil)
    try Failure.check("version", gnutls_x509_crt_set_version(certificate, 3))
    try Failure.check("serial number", gnutls_x509_crt_set_serial(certificate, serial, serial.count))
    try Failure.check("name", gnutls_x509_crt_set_dn(certificate, name, nil))
    try Failure.check("key", gnutls_x509_crt_set_key(certificate, key))
    try Failure.check(
      "time", gnutls_x509_crt_set_activation_time(certificate, now + days.lowerBound * 86_400))
    try Failure.check(
      "time", gnutls_x509_crt_set_expiration_time(certificate, now + days.upperBound * 86_400))
    let identifier = Randomness.bytes(20)
    try Failure.check(
      "key identifier", gnutls_x509_crt_set_subject_key_id(certificate, identifier, identifier.count))
    return certificate
  }

  private static func pem(
    _ object: OpaquePointer,
    _ export: (OpaquePointer?, gnutls_x509_crt_fmt_t, UnsafeMutablePointer<gnutls_datum_t>?) -> Int32
  ) throws(Failure) -> [UInt8] {
    var text = gnutls_datum_t()
    try Failure.check("export", export(object, GNUTLS_X509_FMT_PEM, &text))
    defer { sandbox_gnutls_free(text.data) }
    return Array(UnsafeBufferPointer(start: text.data, count: Int(text.size)))
  }
}
