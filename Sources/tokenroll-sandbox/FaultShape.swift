/// The names of the kinds of fault.
enum FaultShape: String, CaseIterable {
  case delay, refuse, reset, close, hang, cut, html, empty, unsuccessful, result, body, drip, redirect, raw
  case noResult = "no-result"
  case gzipBomb = "gzip-bomb"
  case bigBody = "big-body"
  case statusLine = "status-line"

  /// True where something of the call's own answer is sent, so that the call must have taken effect.
  var needsAnswer: Bool {
    switch self {
    case .delay, .cut, .drip, .bigBody, .noResult, .statusLine: true
    case .refuse, .reset, .close, .hang, .html, .empty, .unsuccessful, .result, .body, .redirect, .gzipBomb,
      .raw:
      false
    }
  }
}
