internal import CCurl
internal import Core
internal import Dispatch
internal import Platform

/// One request while it is under way: what libcurl's callbacks report of it, and who waits for its end.
final class Exchange {
  let request: Request
  private let start: DispatchTime
  private var sentAt: DispatchTime?
  private var head = AnswerHead()
  private let body = AnswerBuffer()
  private var isGranted = false
  private var isTooLarge = false
  private var wasRepeatPrevented = false
  /// Who waits; nil once the exchange is over.
  private var waiter: CheckedContinuation<Reply, Never>?

  /// An exchange that was asked for at `start`, and of which `waiter` hears once it is over.
  init(_ request: Request, since start: DispatchTime, _ waiter: CheckedContinuation<Reply, Never>) {
    self.request = request
    self.start = start
    self.waiter = waiter
  }

  /// The exchange behind the pointer that libcurl hands to a callback.
  static func at(_ pointer: UnsafeMutableRawPointer?) -> Exchange? {
    pointer.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
  }

  /// The pointer for libcurl; it does not keep the exchange alive.
  var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }
}

// MARK: - The end

extension Exchange {
  /// The exchange is over: libcurl ended it with `code`, and `detail` in words.
  func finish(_ code: CURLcode, detail: String) {
    switch code {
    case CURLE_OK: finish(.complete)
    case CURLE_OPERATION_TIMEDOUT: finish(.timedOut)
    default: finish(wasRepeatPrevented ? .repeatPrevented : isTooLarge ? .tooLarge : .failed(detail))
    }
  }

  /// The exchange is over, and ended like this; what came later would count no more.
  func finish(_ ending: Reply.Ending) {
    guard let waiter else { return }
    self.waiter = nil
    waiter.resume(
      returning: Reply(
        ending: ending, wasSent: sentAt != nil, head: head, body: body, sentAfter: sentAt.map(sinceStart),
        duration: sinceStart(.now())))
  }

  private func sinceStart(_ time: DispatchTime) -> TimeSpan {
    TimeSpan(microseconds: Int64((time.uptimeNanoseconds - start.uptimeNanoseconds) / 1_000))
  }
}

// MARK: - What libcurl reports

extension Exchange {
  /// libcurl has a connection and is about to write the request: true where it may.
  ///
  /// It asks again where a connection that was used before broke without a byte of an answer, for then it repeats the
  /// request on a new one (Curl_retry_request in its lib/transfer.c). Once a byte was written, that must not happen:
  /// the request may have been received.
  func grant() -> Bool {
    guard sentAt == nil else {
      wasRepeatPrevented = true
      return false
    }
    isGranted = true
    return true
  }

  /// libcurl has written bytes of the request to the connection; before `grant` they are those of a proxy's CONNECT.
  func noteWritten(_ count: Int) {
    guard count > 0, isGranted, sentAt == nil else { return }
    sentAt = .now()
  }

  /// A line of the header section has come.
  func receive(headerLine: UnsafeRawBufferPointer) { head.append(line: headerLine) }

  /// A part of the body has come; false where it is one too many.
  func receive(_ part: UnsafeRawBufferPointer) -> Bool {
    guard body.append(part) else {
      isTooLarge = true
      return false
    }
    return true
  }
}
