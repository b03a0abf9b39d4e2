internal import CCurl
internal import Glibc

/// A libcurl multi handle whose sockets are gathered in one epoll instance: one descriptor to watch for all of them.
///
/// An epoll instance between libcurl and Dispatch, because libcurl closes its sockets when it likes, and a Dispatch
/// source must not outlive its descriptor; a closed socket leaves an epoll instance by itself (epoll(7)).
final class MultiHandle {
  private let handle: UnsafeMutableRawPointer
  /// Readable where a socket of libcurl's is ready; closed with the object, so whoever watches it keeps the object.
  let epoll: Int32
  /// When libcurl wants to be called though no socket is ready, in milliseconds from `timeoutSetAt`; -1 for never.
  fileprivate(set) var timeout = -1
  /// True where `timeout` was set anew since this was last made false.
  var isTimeoutNew = false

  init?(maxConnections: Int) {
    guard Curl.isReady else { return nil }
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard epoll >= 0 else { return nil }
    guard let handle = curl_multi_init() else {
      close(epoll)
      return nil
    }
    self.handle = handle
    let pointer = Unmanaged.passUnretained(self).toOpaque()
    tr_curl_multi_setopt_socket(handle, Self.socketCallback)
    tr_curl_multi_setopt_pointer(handle, CURLMOPT_SOCKETDATA, pointer)
    tr_curl_multi_setopt_timer(handle, Self.timerCallback)
    tr_curl_multi_setopt_pointer(handle, CURLMOPT_TIMERDATA, pointer)
    tr_curl_multi_setopt_long(handle, CURLMOPT_MAXCONNECTS, maxConnections)
  }

  deinit {
    curl_multi_cleanup(handle)
    close(epoll)
  }

  /// Begins the request that `easy` was prepared for.
  func add(_ easy: EasyHandle) -> Bool { curl_multi_add_handle(handle, easy.handle) == CURLM_OK }

  /// Takes `easy` out; a request of its that is under way is broken off.
  func remove(_ easy: EasyHandle) { curl_multi_remove_handle(handle, easy.handle) }

  /// Lets libcurl work on every socket that is ready.
  func turn() {
    withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 64) { events in
      let count = epoll_wait(epoll, events.baseAddress, Int32(events.count), 0)
      for event in events.prefix(max(Int(count), 0)) {
        var mask: Int32 = 0
        if event.events & EPOLLIN.rawValue != 0 { mask |= CURL_CSELECT_IN }
        if event.events & EPOLLOUT.rawValue != 0 { mask |= CURL_CSELECT_OUT }
        if event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { mask |= CURL_CSELECT_ERR }
        act(event.data.fd, mask)
      }
    }
  }

  /// Lets libcurl see to its time limits and to requests that were just added.
  func expire() { act(CURL_SOCKET_TIMEOUT, 0) }

  /// Asks libcurl when it wants to be called: it does not say so again where it was called a moment too early.
  func renewTimeout() {
    guard curl_multi_timeout(handle, &timeout) == CURLM_OK else { return }
    isTimeoutNew = true
  }

  /// Calls `body` for each request that is over, with its easy handle.
  func forEachFinished(_ body: (UnsafeMutableRawPointer, CURLcode) -> Void) {
    var left: Int32 = 0
    while let message = curl_multi_info_read(handle, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
      body(easy, message.pointee.data.result)
    }
  }

  private func act(_ socket: curl_socket_t, _ mask: Int32) {
    var running: Int32 = 0
    curl_multi_socket_action(handle, socket, mask, &running)
  }
}

// MARK: - Callbacks

extension MultiHandle {
  private static func at(_ pointer: UnsafeMutableRawPointer?) -> MultiHandle? {
    pointer.map { Unmanaged<MultiHandle>.fromOpaque($0).takeUnretainedValue() }
  }

  /// CURLMOPT_SOCKETFUNCTION: what to watch a socket for.
  private static let socketCallback: curl_socket_callback = { _, socket, what, target, _ in
    MultiHandle.at(target)?.watch(socket, for: what)
    return 0
  }

  /// CURLMOPT_TIMERFUNCTION: when to call `expire`.
  private static let timerCallback: curl_multi_timer_callback = { _, milliseconds, target in
    guard let multi = MultiHandle.at(target) else { return 0 }
    multi.timeout = milliseconds
    multi.isTimeoutNew = true
    return 0
  }

  /// A descriptor that cannot be watched shows as a request that runs into its time limit.
  private func watch(_ socket: curl_socket_t, for what: Int32) {
    var event = epoll_event()
    event.data.fd = socket
    if what & CURL_POLL_IN != 0 { event.events |= EPOLLIN.rawValue }
    if what & CURL_POLL_OUT != 0 { event.events |= EPOLLOUT.rawValue }
    if what == CURL_POLL_REMOVE {
      epoll_ctl(epoll, EPOLL_CTL_DEL, socket, &event)
    } else if epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event) != 0 {
      epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event)
    }
  }
}
