internal import Dispatch

/// The least that a program on Dispatch does when idle: it ran one block on a serial queue, and waits.
@main
struct IdleDispatch {
  static func main() {
    let queue = DispatchQueue(label: "idle")
    queue.async {}
    withExtendedLifetime(queue) { dispatchMain() }
  }
}
